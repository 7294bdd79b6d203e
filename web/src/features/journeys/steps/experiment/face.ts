import type { Experiment } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { eventName } from "@/lib/vocabulary";
import { IconFlask } from "@/ui/icons";
import { durationText, type Face } from "../face";
import { sharesText } from "../split/face";

export const experiment: Face<Experiment> = {
  family: "decision",
  Icon: IconFlask,
  kicker: (step, { t }) => t("steps.experiment.kind", { count: step.paths.length + (step.holdOut ? 1 : 0) }),
  title: (step, { t }) => [{ text: step.name || t("steps.experiment.unnamed") }],
  sentences: (step, tongue) => {
    const { t } = tongue;
    const { event, within } = step.goal;
    const shares = step.holdOut ? [...step.paths, step.holdOut] : step.paths;
    const winner = step.winner
      ? [sentence(t, "steps.experiment.winner", { span: durationText(step.winner.after, tongue) })]
      : [];
    return [
      sentence(t, "steps.experiment.sentence", { shares: sharesText(shares, tongue) }),
      sentence(t, "steps.experiment.goal", {
        event: eventName(t, event),
        span: durationText(within, tongue),
      }),
      ...winner,
    ];
  },
};
