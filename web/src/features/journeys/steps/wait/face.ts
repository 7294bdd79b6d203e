import type { Wait } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconClock } from "@/ui/icons";
import { durationText, type Face } from "../face";

export const wait: Face<Wait> = {
  family: "time",
  Icon: IconClock,
  kicker: (_, { t }) => t("steps.wait.kind"),
  title: (step, tongue) => {
    const span = durationText(step.period, tongue);
    return step.name
      ? sentence(tongue.t, "steps.wait.named", { span, name: { text: step.name } })
      : [{ text: span }];
  },
  sentences: (step, tongue) => [
    sentence(tongue.t, "steps.wait.sentence", { span: durationText(step.period, tongue) }),
    sentence(
      tongue.t,
      `steps.wait.${["minutes", "hours"].includes(step.period.unit) ? "exact" : "calendar"}`,
    ),
  ],
};
