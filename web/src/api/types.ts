/** The values that the server's own API speaks. Replaced by the generated schema once it is exported. */
import type { Graph, Outcome, Test } from "./graph";

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface Session {
  user: { id: string; email: string; name: string; language: string };
  workspace: { id: string; name: string; timeZone: string; currency: string; language: string };
  csrfToken: string;
}

export interface Clock {
  productAt: string;
  rate: number;
}

export type JourneyState = "draft" | "ready" | "active" | "paused" | "archived" | "failed";

export interface JourneyCounts {
  entered: number;
  inside: number;
  completed: number;
  exited: number;
  failed: number;
  positive: number;
  negative: number;
  neutral: number;
}

export interface JourneyRow {
  id: string;
  name: string;
  description: string;
  state: JourneyState;
  version: number | null;
  emails: number;
  smses: number;
  modifiedAt: string;
  activatedAt: string | null;
  counts: JourneyCounts;
  tags: string[];
}

export interface Journey extends JourneyRow {
  settings: Record<string, unknown>;
  graph: Graph;
  versions: { number: number; publishedAt: string }[];
  asOf: string;
}

export interface MessageCounts {
  planned: number;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  skipped: number;
  failed: number;
  unknown: number;
}

export interface StepCounts {
  entered: number;
  inside: number;
  paths: Record<string, number>;
  exits: Record<string, number>;
  messages: MessageCounts;
}

export interface Counts {
  asOf: string;
  steps: Record<string, StepCounts>;
}

export interface PersonHere {
  contactId: string;
  name: string;
  email: string | null;
  runId: string;
  since: string;
  until: string | null;
}

export interface ContactRow {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  createdAt: string;
  lastEventAt: string | null;
}

export interface ContactStatus {
  listId: string;
  listName: string;
  channel: string;
  status: "subscribed" | "pending" | "unsubscribed";
  changedAt: string;
}

export interface RunRow {
  id: string;
  journeyId: string;
  journeyName: string;
  version: number;
  state: "waiting" | "ended";
  step: string | null;
  stepName: string;
  enteredAt: string;
  dueAt: string | null;
  endedAt: string | null;
  outcome: Outcome | null;
  reason: string | null;
}

export interface Contact {
  id: string;
  name: string;
  identities: { kind: string; value: string }[];
  attributes: Record<string, unknown>;
  tags: string[];
  statuses: ContactStatus[];
  createdAt: string;
  runs: RunRow[];
  asOf: string;
}

/** One line of a "why": the test, the value read, what it was compared with, and the outcome. */
export interface Judged {
  condition: Test;
  value: unknown;
  compared?: unknown[];
  verdict: boolean;
}

export interface TimelineItem {
  at: string;
  kind: "event" | "message" | "trace" | "status" | "profile" | "run";
  name: string;
  properties: Record<string, unknown>;
  journeyId?: string | null;
  journeyName?: string | null;
  runId?: string | null;
  step?: string | null;
  stepName?: string | null;
  message?: {
    id: string;
    channel: string;
    subject: string;
    state: string;
    reason: string | null;
  } | null;
  why?: Judged[];
}

export interface Trace {
  run: RunRow;
  entries: {
    at: string;
    step: string;
    stepName: string;
    path: string | null;
    outcome: string | null;
    judged: Judged[];
  }[];
}

export interface MailRow {
  id: string;
  channel: string;
  receivedAt: string;
  from: string;
  to: string;
  subject: string;
  preview: string;
}

export interface Mail extends MailRow {
  html: string | null;
  text: string | null;
  headers: string[][];
  raw: string;
  dkim: Record<string, unknown> | null;
}

export interface Rejected {
  id: string;
  receivedAt: string;
  code: string;
  reason: string;
  name: string | null;
  payload: unknown;
}
