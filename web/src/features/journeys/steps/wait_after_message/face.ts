import type { WaitAfterMessage } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconHourglass } from "@/ui/icons";
import { durationText, type Face } from "../face";

export const waitAfterMessage: Face<WaitAfterMessage> = {
  family: "time",
  Icon: IconHourglass,
  kicker: (_, { t }) => t("steps.wait_after_message.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.wait_after_message.unnamed") }],
  sentences: (step, tongue) => {
    const { t } = tongue;
    const period = step.period
      ? [sentence(t, "steps.wait_after_message.period", { span: durationText(step.period, tongue) })]
      : [];
    return [
      sentence(t, `steps.wait_after_message.sentence.${step.reaction}`),
      ...period,
      sentence(t, `steps.wait_after_message.unmet.${step.unmet ?? "exit"}`),
    ];
  },
};
