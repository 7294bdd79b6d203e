import { useReactFlow, useViewport } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { IconMaximize, IconMinus, IconPlus } from "@/ui/icons";
import css from "./zoom-bar.module.css";

/** Nearer, farther, and all of it in view. */
export function ZoomBar({ onFit }: { onFit: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const flow = useReactFlow();
  const { zoom } = useViewport();
  return (
    <div className={css.bar} role="toolbar" aria-label={t("canvas.zoom")}>
      <button type="button" aria-label={t("canvas.farther")} onClick={() => flow.zoomOut({ duration: 120 })}>
        <IconMinus size={16} stroke={1.7} />
      </button>
      <output className={css.figure}>{format.percent(Math.round(zoom * 100) / 100)}</output>
      <button type="button" aria-label={t("canvas.nearer")} onClick={() => flow.zoomIn({ duration: 120 })}>
        <IconPlus size={16} stroke={1.7} />
      </button>
      <button type="button" aria-label={t("canvas.fit")} onClick={onFit}>
        <IconMaximize size={16} stroke={1.7} />
      </button>
    </div>
  );
}
