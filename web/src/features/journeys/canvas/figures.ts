import type { Step } from "@/api/graph";
import type { Counts, JourneyCounts, StepCounts } from "@/api/types";
import type { Tongue } from "@/graph/conditions";
import { type Line, START_PREFIX } from "@/graph/flow";

const none: StepCounts = {
  entered: 0,
  inside: 0,
  paths: {},
  exits: {},
  messages: {
    planned: 0,
    sent: 0,
    delivered: 0,
    opened: 0,
    clicked: 0,
    skipped: 0,
    failed: 0,
    unknown: 0,
  },
};

/** The figures of a step; noughts for one that nobody reached yet. */
export const countsOf = (counts: Counts | undefined, step: string): StepCounts => counts?.steps[step] ?? none;

/** How many people went along a line; a start's line carries all who entered. */
export function peopleAlong(line: Line, counts: Counts | undefined, totals: JourneyCounts): number {
  if (line.from.startsWith(START_PREFIX)) return totals.entered;
  return countsOf(counts, line.from).paths[line.way.id] ?? 0;
}

/** How many people were sent on by any way out of the box where a line begins. */
export function judgedAt(line: Line, counts: Counts | undefined, entered: number): number {
  if (line.from.startsWith(START_PREFIX)) return entered;
  return Object.values(countsOf(counts, line.from).paths).reduce((sum, people) => sum + people, 0);
}

/** Whether a step sends a message, whose figures are then its own. */
export const sends = ({ kind }: Step): boolean =>
  kind === "send_email" || kind === "send_sms" || kind === "send_push";

/** The words of a step's pill: what its kind is asked for first. Empty where nobody came by. */
export function pillText(step: Step, counts: StepCounts, { t, format }: Tongue): string {
  const n = (value: number) => format.number(value);
  if (sends(step)) {
    const { sent, opened, delivered } = counts.messages;
    if (sent === 0)
      return counts.entered > counts.inside
        ? t("pill.arrived", { count: counts.entered, n: n(counts.entered) })
        : "";
    const first = t("pill.sent", { count: sent, n: n(sent) });
    const share = step.kind === "send_email" ? opened / sent : delivered / sent;
    if (share === 0) return first;
    return `${first} · ${t(step.kind === "send_email" ? "pill.opened" : "pill.delivered", { share: format.percent(share) })}`;
  }
  // Where all who came still are, how many are here says it already.
  if (counts.entered <= counts.inside) return "";
  const ended = step.kind === "end";
  return t(ended ? "pill.ended" : "pill.arrived", { count: counts.entered, n: n(counts.entered) });
}

/** How a run ends whose path does; every other way out is an exit of its own. */
const COMPLETED = "completed";

/**
 * How many came to a message and were not sent it, and how many others left the journey here before their path did.
 * Empty where there are none.
 */
export function lostText(step: Step, counts: StepCounts, { t, format }: Tongue): string {
  const unsent = sends(step) ? counts.messages.skipped + counts.messages.failed : 0;
  const exits = Object.entries(counts.exits).reduce(
    (sum, [reason, people]) => (reason === COMPLETED ? sum : sum + people),
    0,
  );
  // Who leaves for a message that was not sent is told of by that.
  const left = Math.max(exits - unsent, 0);
  return [
    unsent > 0 && t("pill.unsent", { count: unsent, n: format.number(unsent) }),
    left > 0 && t("pill.left", { count: left, n: format.number(left) }),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Message figures in the order in which they happen, without the noughts that say nothing. */
export function messageFigures(counts: StepCounts): [string, number][] {
  const all = Object.entries(counts.messages);
  return all.filter(([name, value]) => value > 0 || ["sent", "delivered"].includes(name));
}

/** How long somebody has been at a step. The server's moment may lie a little ahead of the browser's. */
export function heldFor(since: string, now: Date, { t, format }: Tongue): string {
  const seconds = (now.getTime() - Date.parse(since)) / 1000;
  return seconds < 60 ? t("panel.justNow") : t("panel.since", { span: format.span(seconds) });
}
