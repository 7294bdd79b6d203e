import type { UntilDate, UntilTime, Wait } from "@/api/graph";
import { operandPart, type Tongue } from "@/graph/conditions";
import { type Part, sentence } from "@/lib/sentence";
import { IconClock } from "@/ui/icons";
import { durationText, type Face } from "../face";

function untilTitle(until: UntilTime | UntilDate, tongue: Tongue): Part[] {
  const { t, format } = tongue;
  if (until.kind === "date")
    return sentence(t, "steps.wait.until.date", { date: operandPart(until.operand, tongue) });
  const days = (until.weekdays ?? []).map((day) => t(`weekdays.${day}`));
  const which = days.length > 0 ? "weekdays" : "time";
  return sentence(t, `steps.wait.until.${which}`, { at: until.at, days: format.list(days) });
}

export const wait: Face<Wait> = {
  family: "time",
  Icon: IconClock,
  kicker: (_, { t }) => t("steps.wait.kind"),
  title: (step, tongue) => {
    if (step.until) return step.name ? [{ text: step.name }] : untilTitle(step.until, tongue);
    const span = step.period ? durationText(step.period, tongue) : "";
    return step.name
      ? sentence(tongue.t, "steps.wait.named", { span, name: { text: step.name } })
      : [{ text: span }];
  },
  sentences: (step, tongue) => {
    const { t } = tongue;
    if (step.period)
      return [
        sentence(t, "steps.wait.sentence", { span: durationText(step.period, tongue) }),
        sentence(t, `steps.wait.${["minutes", "hours"].includes(step.period.unit) ? "exact" : "calendar"}`),
      ];
    const without = sentence(t, `steps.wait.withoutDate.${step.withoutDate ?? "default"}`);
    return [sentence(t, "steps.wait.untilSentence"), ...(step.until?.kind === "date" ? [without] : [])];
  },
};
