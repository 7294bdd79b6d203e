/** The canonical graph of a journey's version, under the names that src/percorso/journeys/graph.py gives its parts. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Graph = Schemas["Graph"];
export type Step = Graph["steps"][string];
export type StepKind = Step["kind"];
export type SendEmail = Schemas["SendEmail"];
export type SendSms = Schemas["SendSms"];
export type SendPush = Schemas["SendPush"];
export type Webhook = Schemas["Webhook"];
export type Wait = Schemas["Wait"];
export type UntilTime = Schemas["UntilTime"];
export type UntilDate = Schemas["UntilDate"];
export type WaitAfterMessage = Schemas["WaitAfterMessage"];
export type CheckNow = Schemas["CheckNow"];
export type WaitThenCheck = Schemas["WaitThenCheck"];
export type React = Schemas["React"];
export type UpdateContact = Schemas["UpdateContact"];
export type AssignCoupon = Schemas["AssignCoupon"];
export type Split = Schemas["Split"];
export type Experiment = Schemas["Experiment"];
export type RandomPath = Schemas["RandomPath"];
export type StartJourney = Schemas["StartJourney"];
export type LeaveJourney = Schemas["LeaveJourney"];
export type End = Schemas["End"];
export type Start = Graph["starts"][number];
export type Removal = Schemas["Removal"];
export type Goal = Schemas["Goal"];
export type Reentry = Schemas["Reentry"];
export type Path = Schemas["Path"];
export type Change = Schemas["Change"];
export type Duration = Schemas["Duration"];
export type Test = Schemas["Test"];
export type Happened = Schemas["Happened"];
export type FirstOrLast = Schemas["FirstOrLast"];
export type Followed = Schemas["Followed"];
export type MessageTest = Schemas["MessageTest"];
export type JourneyTest = Schemas["JourneyTest"];
export type Membership = Schemas["Membership"];
export type StatusTest = Schemas["StatusTest"];
export type ConsentTest = Schemas["ConsentTest"];
export type IdentityTest = Schemas["IdentityTest"];
export type Pattern = Schemas["Pattern"];
/** A leaf of a condition: one value compared, what happened, or where the contact stands. */
export type Leaf =
  | Test
  | Happened
  | FirstOrLast
  | Followed
  | MessageTest
  | JourneyTest
  | Membership
  | StatusTest
  | ConsentTest
  | IdentityTest;
export type Condition = Schemas["All"] | Schemas["AnyOf"] | Schemas["Not"] | Leaf;
export type Window = Schemas["Anytime"] | Schemas["Between"] | Schemas["Ago"];
export type Operand =
  | Schemas["Value"]
  | Schemas["Captured"]
  | Schemas["Attribute"]
  | Schemas["EventProperty"];
