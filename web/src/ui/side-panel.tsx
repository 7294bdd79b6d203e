import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconX } from "./icons";
import css from "./side-panel.module.css";

interface SidePanelProps {
  /** What it is about; a change of it moves the focus to the panel. */
  id: string;
  label: string;
  head: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** A panel that slides over the right edge of its room; Esc closes it. The room behind does not move. */
export function SidePanel({ id, label, head, onClose, children }: SidePanelProps) {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  const before = useRef<Element | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves when the subject changes
  useEffect(() => {
    if (!panel.current?.contains(document.activeElement)) before.current = document.activeElement;
    panel.current?.focus({ preventScroll: true });
  }, [id]);
  const close = () => {
    onClose();
    if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
  };
  return (
    <aside
      ref={panel}
      className={css.panel}
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <div className={css.head}>
        <div className={css.title}>{head}</div>
        <button type="button" className={css.close} aria-label={t("common.close")} onClick={close}>
          <IconX size={18} stroke={1.7} />
        </button>
      </div>
      <div className={css.body}>{children}</div>
    </aside>
  );
}
