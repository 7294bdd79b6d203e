import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import css from "./forms.module.css";
import { IconAlertTriangle, IconLock, IconRefresh } from "./icons";

interface EmptyProps {
  title: string;
  children?: ReactNode;
  /** A quiet drawing of what the page will look like. */
  picture?: ReactNode;
  action?: ReactNode;
}

/** A room with nothing in it yet: what will be here, and the one next action. */
export function Empty({ title, children, picture, action }: EmptyProps) {
  return (
    <div className={css.form}>
      {picture && (
        <div className={css.picture} aria-hidden>
          {picture}
        </div>
      )}
      <h2 className={css.title}>{title}</h2>
      <div className={css.words}>{children}</div>
      {action && <div className={css.action}>{action}</div>}
    </div>
  );
}

/** Three fading lines, as a drawing of a list to come. */
export function ListPicture() {
  return (
    <div className={css.lines}>
      {[1, 0.6, 0.3].map((opacity) => (
        <div key={opacity} className={css.line} style={{ opacity }}>
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

interface Failure {
  status?: number;
  detail?: string;
  requestId?: string;
}

interface TroubleProps {
  error: unknown;
  retry?: () => void;
  /** The way on from a thing that is not there. */
  way?: ReactNode;
  /** What is said, instead of the usual words, of a thing that is not there. */
  missing?: string;
}

/** What went wrong, in a sentence, and the way on; a missing permission and a missing thing have their own. */
export function Trouble({ error, retry, way, missing }: TroubleProps) {
  const { t } = useTranslation();
  const { status, detail, requestId } = (error ?? {}) as Failure;
  const which =
    status === 403
      ? "forbidden"
      : status === 404
        ? "missing"
        : status === 0
          ? "unreachable"
          : status === 503
            ? "busy"
            : "failed";
  const Icon = which === "forbidden" ? IconLock : IconAlertTriangle;
  return (
    <div className={css.form} role="alert">
      <div className={css.sign} data-which={which}>
        <Icon size={20} stroke={1.7} aria-hidden />
      </div>
      <h2 className={css.title}>{(which === "missing" && missing) || t(`trouble.${which}.title`)}</h2>
      <p className={css.words}>{t(`trouble.${which}.words`)}</p>
      {which === "failed" && detail && (status ?? 500) < 500 && <p className={css.words}>{detail}</p>}
      {requestId && (status ?? 0) >= 500 && (
        <p className={css.detail}>{t("trouble.request", { id: requestId })}</p>
      )}
      {way && which === "missing" && <div className={css.action}>{way}</div>}
      {retry && which !== "forbidden" && which !== "missing" && (
        <div className={css.action}>
          <Button variant="default" leftSection={<IconRefresh size={16} stroke={1.7} />} onClick={retry}>
            {t("trouble.retry")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Rows to come, while they are on their way. */
export function Loading({ rows = 6, height = 52 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("common.loading")} className={css.loading}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
        <div key={index} className={css.skeleton} style={{ height }}>
          <Skeleton height={12} width={`${34 - (index % 3) * 6}%`} />
          <Skeleton height={12} width={`${12 + (index % 2) * 4}%`} />
          <Skeleton height={12} width="10%" />
        </div>
      ))}
    </div>
  );
}
