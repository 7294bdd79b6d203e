import { Button } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/dialog";

/** Asks before what is written and not saved is left behind. */
export function Leave({ when }: { when: boolean }) {
  const { t } = useTranslation();
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: () => when,
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <Dialog
      title={t("segments.leave.title")}
      onClose={reset}
      foot={
        <>
          <Button variant="default" onClick={proceed}>
            {t("segments.leave.go")}
          </Button>
          <Button onClick={reset}>{t("segments.leave.stay")}</Button>
        </>
      }
    >
      {t("segments.leave.words")}
    </Dialog>
  );
}
