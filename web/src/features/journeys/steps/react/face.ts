import type { React } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { eventName } from "@/lib/vocabulary";
import { IconActivity } from "@/ui/icons";
import { durationText, type Face } from "../face";

export const react: Face<React> = {
  family: "decision",
  Icon: IconActivity,
  kicker: (step, tongue) => tongue.t("steps.react.kind", { span: durationText(step.limit, tongue) }),
  title: (step, { t }) =>
    step.name ? [{ text: step.name }] : sentence(t, "steps.react.title", { event: eventName(t, step.event) }),
  sentences: (step, tongue) => {
    const { t } = tongue;
    const span = durationText(step.limit, tongue);
    const first = sentence(t, "steps.react.sentence", { event: eventName(t, step.event), span });
    const unmatched = (step.paths?.length ?? 0) > 0;
    return unmatched
      ? [first, sentence(t, `steps.react.unmatched.${step.unmatched ?? "keep_waiting"}`)]
      : [first];
  },
};
