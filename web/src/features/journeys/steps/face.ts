import type { Duration, Step } from "@/api/graph";
import type { Tongue } from "@/graph/conditions";
import { type Part, sentence } from "@/lib/sentence";
import type { IconMail } from "@/ui/icons";

/** The families of steps, each with a quiet hue of its own. */
export type Family = "start" | "message" | "time" | "decision" | "data" | "end";

/** How a kind of step looks and what it says. */
export interface Face<Kind extends Step> {
  family: Family;
  Icon: typeof IconMail;
  /** The small line above: the kind, and what distinguishes this one. */
  kicker: (step: Kind, tongue: Tongue) => string;
  /** The line of the box: what it does, in a few words. */
  title: (step: Kind, tongue: Tongue) => Part[];
  /** The same at length, for the panel. */
  sentences: (step: Kind, tongue: Tongue) => Part[][];
}

/** "2 days", in the language in use. */
export const durationText = (period: Duration, { t, format }: Tongue): string =>
  t(`duration.${period.unit}`, { count: period.amount, n: format.number(period.amount) });

/** What a Send step does about a message that may not or could not leave in time. */
export function sendSentences(
  step: { whenSkipped?: "exit" | "skip"; tooLate?: Duration | null },
  tongue: Tongue,
): Part[][] {
  const { t } = tongue;
  const late = step.tooLate
    ? [sentence(t, "steps.send.tooLate", { span: durationText(step.tooLate, tongue) })]
    : [];
  return [sentence(t, `steps.send.skipped.${step.whenSkipped ?? "exit"}`), ...late];
}
