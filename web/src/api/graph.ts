/** The canonical graph of a journey's version, as the server stores it (src/percorso/journeys/graph.py). */

export type Outcome = "positive" | "negative" | "neutral";

export interface Duration {
  amount: number;
  unit: "minutes" | "hours" | "days" | "weeks" | "months" | "years";
}

export type Operand =
  | { kind: "value"; value: unknown }
  | { kind: "captured"; name: string }
  | { kind: "attribute"; path: string }
  | { kind: "event"; path: string };

export interface Test {
  kind: "test";
  source: "attribute" | "event" | "captured";
  path: string;
  type: string;
  operator: string;
  operands?: Operand[];
  caseSensitive?: boolean;
  unit?: Duration["unit"] | null;
  format?: string | null;
}

export type Condition =
  | { kind: "and"; conditions?: Condition[] }
  | { kind: "or"; conditions?: Condition[] }
  | { kind: "not"; condition: Condition }
  | Test;

export interface Capture {
  name: string;
  operand: Operand;
}

export interface Start {
  id: string;
  event: string;
  contexts?: string[];
  condition?: Condition | null;
  captures?: Capture[];
}

export interface Removal {
  id: string;
  event: string;
  name?: string;
  condition?: Condition | null;
  outcome?: Outcome;
}

export interface Goal {
  id: string;
  event: string;
  name?: string;
  condition?: Condition | null;
}

export interface Reentry {
  rule?: "every_time" | "once_ever" | "once_per_year" | "after" | "value_changes";
  inside?: "ignore" | "restart" | "one_per_key";
  key?: string | null;
  period?: Duration | null;
}

export interface Path {
  id: string;
  name: string;
  condition?: Condition | null;
  event?: string | null;
  to?: string | null;
}

interface Send {
  templateId: string;
  name?: string;
  next?: string | null;
  whenSkipped?: "exit" | "skip";
  tooLate?: Duration | null;
}

export type SendEmail = Send & { kind: "send_email" };
export type SendSms = Send & { kind: "send_sms" };

export interface Wait {
  kind: "wait";
  period: Duration;
  name?: string;
  next?: string | null;
}

interface Choice {
  name?: string;
  default?: string | null;
  defaultName?: string;
}

export type CheckNow = Choice & { kind: "check_now"; paths: Path[] };
export type WaitThenCheck = Choice & { kind: "wait_then_check"; period: Duration; paths: Path[] };
export type React = Choice & {
  kind: "react";
  event: string;
  limit: Duration;
  paths?: Path[];
  next?: string | null;
  condition?: Condition | null;
  captures?: Capture[];
  unmatched?: "keep_waiting" | "default";
};

export interface Change {
  action: "set" | "clear" | "add" | "subtract" | "append" | "remove";
  path: string;
  operand?: Operand | null;
}

export interface UpdateContact {
  kind: "update_contact";
  changes?: Change[];
  events?: { event: string; properties?: Record<string, Operand> }[];
  name?: string;
  next?: string | null;
}

export interface AssignCoupon {
  kind: "assign_coupon";
  poolId: string;
  capture?: string;
  name?: string;
  next?: string | null;
  noneLeft?: string | null;
}

export interface End {
  kind: "end";
  outcome?: Outcome;
  name?: string;
}

export type Step =
  | SendEmail
  | SendSms
  | Wait
  | CheckNow
  | WaitThenCheck
  | React
  | UpdateContact
  | AssignCoupon
  | End;

export type StepKind = Step["kind"];

export interface Graph {
  starts: Start[];
  steps: Record<string, Step>;
  first: string;
  removals?: Removal[];
  goals?: Goal[];
  removalHasPriority?: boolean;
  reentry?: Reentry;
  notes?: Record<string, unknown>;
}
