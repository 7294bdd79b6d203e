import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import css from "./more.module.css";

interface MoreProps {
  has: boolean;
  loading: boolean;
  onMore: () => void;
}

/** Asks for the next page of a list; nothing where there is none. */
export function More({ has, loading, onMore }: MoreProps) {
  const { t } = useTranslation();
  if (!has) return null;
  return (
    <div className={css.more}>
      <Button variant="default" size="xs" loading={loading} onClick={onMore}>
        {t("common.more")}
      </Button>
    </div>
  );
}
