import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import css from "./dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The buttons, the one that does it last. */
  foot?: ReactNode;
  size?: number;
}

/** A question in front of the page; Esc closes it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children, foot, size = 460 }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      centered
      radius="12px"
      transitionProps={{ duration: 110 }}
      overlayProps={{ backgroundOpacity: 0.32 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
      classNames={{ title: css.title, header: css.header, body: css.body }}
    >
      {children}
      {foot && <div className={css.foot}>{foot}</div>}
    </Modal>
  );
}
