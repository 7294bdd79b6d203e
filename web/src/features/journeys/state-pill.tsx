import { useTranslation } from "react-i18next";
import type { JourneyState } from "@/api/types";
import { Pill, type Tone } from "@/ui/pill";

const tones: Record<JourneyState, Tone> = {
  active: "positive",
  ready: "plain",
  paused: "attention",
  draft: "plain",
  archived: "plain",
  failed: "danger",
};

/** A journey's state in the product's words: ON, OFF, draft, and why it is off. */
export function StatePill({ state }: { state: JourneyState }) {
  const { t } = useTranslation();
  return (
    <Pill
      tone={tones[state]}
      dot={state !== "draft" && state !== "archived"}
      title={t(`states.${state}.words`)}
    >
      {t(`states.${state}.name`)}
    </Pill>
  );
}
