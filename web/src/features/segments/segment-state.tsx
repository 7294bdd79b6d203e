import { useTranslation } from "react-i18next";
import type { SegmentRow } from "@/api/segments";
import { Pill } from "@/ui/pill";

/** Whether a segment is kept up to date, is being filled, or is off. */
export function SegmentState({ segment }: { segment: Pick<SegmentRow, "enabled" | "filling"> }) {
  const { t } = useTranslation();
  if (segment.filling) {
    return (
      <Pill tone="information" dot>
        {t(segment.enabled ? "segments.states.filling" : "segments.states.emptying")}
      </Pill>
    );
  }
  return segment.enabled ? (
    <Pill tone="positive" dot>
      {t("segments.states.ready")}
    </Pill>
  ) : (
    <Pill>{t("segments.states.disabled")}</Pill>
  );
}
