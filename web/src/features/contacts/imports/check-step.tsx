import { Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportPreview } from "@/api/data";
import { errorText } from "./errors";
import { Figures } from "./figures";
import { ForeseenRows } from "./foreseen";
import css from "./imports.module.css";

/** What the rows would come to; nothing is imported yet. */
export function CheckStep({ data }: { data: ImportPreview }) {
  const { t } = useTranslation();
  if (data.state === "checking" || !data.checked) {
    return (
      <div className={css.waiting} role="status">
        <Loader size="sm" color="var(--accent)" />
        <p>{t("imports.checking")}</p>
      </div>
    );
  }
  return (
    <>
      <p className={css.lead}>{t("imports.checkedWords")}</p>
      <Figures counts={data.checked} would />
      <ForeseenRows data={data} />
      {data.error && <p className={css.error}>{errorText(t, data.error)}</p>}
    </>
  );
}
