/** Short names for what the server sends; the shapes themselves come from its own description. */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** One page of a list; `nextCursor` null: the last. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export type Session = Schemas["SessionShape"];
export type JourneyState = Schemas["JourneySummary"]["state"];
export type JourneyCounts = Schemas["JourneyCounts"];
export type JourneyRow = Schemas["JourneySummary"];
export type Journey = Schemas["JourneyDetail"];
export type StepCounts = Schemas["StepCounts"];
export type Counts = Schemas["StepCountsPage"];
export type ContactRow = Schemas["ContactSummary"];
export type Contact = Schemas["ContactDetail"];
export type ContactStatus = Schemas["ChannelStatus"];
export type RunRow = Schemas["RunSummary"];
export type TimelineItem = Schemas["TimelineItem"];
export type MailRow = Schemas["MailSummary"];
export type Mail = Schemas["MailDetail"];
export type Rejected = Schemas["RejectedCall"];
