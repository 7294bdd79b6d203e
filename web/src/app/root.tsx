import { Button } from "@mantine/core";
import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/forms";

export const Root = () => <Outlet />;

/** An address that leads nowhere. */
export function Missing() {
  const { t } = useTranslation();
  return (
    <main>
      <Empty
        title={t("trouble.missing.title")}
        action={
          <Button component={Link} to="/">
            {t("trouble.home")}
          </Button>
        }
      >
        {t("trouble.missing.words")}
      </Empty>
    </main>
  );
}
