import { useTranslation } from "react-i18next";
import { IconAlertTriangle } from "./icons";
import css from "./problem.module.css";

interface Failure {
  status?: number;
  detail?: string;
}

/** Why something that was asked for was not done, in one line beside the button; nothing where nothing is wrong. */
export function Problem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!error) return null;
  const { status, detail } = error as Failure;
  const words =
    status === 403
      ? t("trouble.forbidden.words")
      : status === 0
        ? t("trouble.unreachable.title")
        : detail || t("trouble.failed.title");
  return (
    <p className={css.problem} role="alert">
      <IconAlertTriangle size={15} stroke={1.8} aria-hidden />
      <span>{words}</span>
    </p>
  );
}
