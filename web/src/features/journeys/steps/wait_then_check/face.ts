import type { WaitThenCheck } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconHourglass } from "@/ui/icons";
import { durationText, type Face } from "../face";

export const waitThenCheck: Face<WaitThenCheck> = {
  family: "decision",
  Icon: IconHourglass,
  kicker: (step, tongue) =>
    tongue.t("steps.wait_then_check.kind", { span: durationText(step.period, tongue) }),
  title: (step, { t }) => [{ text: step.name || t("steps.wait_then_check.unnamed") }],
  sentences: (step, tongue) => [
    sentence(tongue.t, "steps.wait_then_check.sentence", { span: durationText(step.period, tongue) }),
    sentence(tongue.t, "steps.wait_then_check.oneEvent"),
  ],
};
