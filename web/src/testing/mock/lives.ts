import type { RunRow, TimelineItem, Trace } from "@/api/types";
import { runs } from "./contacts.ts";
import { milan } from "./graphs.ts";

const values = ["MI-7Q2X", "Milano", ["top spender", "newsletter"], "female"];
const tests = milan.kind === "and" ? (milan.conditions ?? []).filter((one) => one.kind === "test") : [];
const why = tests.map((condition, index) => ({
  test: condition,
  read: values[index] as unknown,
  compared: index === 0 ? ["MI-7Q2X"] : [],
  verdict: true,
}));
const whyNot = why.map((line, index) => (index === 2 ? { ...line, read: null, verdict: false } : line));

const item = (
  at: string,
  kind: TimelineItem["kind"],
  name: string,
  more: Partial<TimelineItem> = {},
): TimelineItem => ({
  at,
  kind,
  name,
  occurredAt: at,
  properties: {},
  journeyId: null,
  journeyName: null,
  runId: null,
  step: null,
  stepName: null,
  pathName: null,
  message: null,
  why: [],
  ...more,
});
const inCoupon = { journeyId: "coupon", journeyName: "Coupon Milano → sfilata", runId: "run-0" };
const invite: TimelineItem["message"] = {
  id: "m1",
  channel: "email",
  subject: "Invito, collezione donna",
  state: "accepted",
  reason: null,
};

export const timeline: TimelineItem[] = [
  item("2026-03-18T10:41:00Z", "message", "campaignOpened", { ...inCoupon, message: invite }),
  item("2026-03-18T10:40:02Z", "message", "campaignSent", { ...inCoupon, message: invite }),
  item("2026-03-18T10:40:01Z", "trace", "trace", {
    ...inCoupon,
    step: "check",
    stepName: "Ha usato quel coupon a Milano?",
    pathName: "Donna",
    properties: { path: "woman" },
    why,
  }),
  item("2026-03-17T16:05:00Z", "event", "completedOrder", {
    properties: {
      orderId: "5512",
      amount: { revenue: 148 },
      storeCode: "Milano",
      coupon: "MI-7Q2X",
      products: [{}, {}],
    },
  }),
  item("2026-03-17T09:10:00Z", "message", "messageSkipped", {
    journeyName: "Newsletter di marzo",
    message: {
      id: "m9",
      channel: "sms",
      subject: "Marzo in bottega",
      state: "skipped",
      reason: "not_subscribed",
    },
  }),
  item("2026-03-14T11:30:00Z", "run", "journeyExited", {
    journeyName: "Carrello abbandonato",
    properties: { outcome: "positive", reason: "goal: order" },
  }),
  item("2026-03-14T11:02:00Z", "profile", "contactUpdated", {
    properties: { set: { "address.city": "Milano", loyalty: true } },
  }),
  item("2026-03-10T10:40:00Z", "message", "campaignSent", {
    ...inCoupon,
    message: { id: "m2", channel: "sms", subject: "Il tuo codice MI-7Q2X", state: "delivered", reason: null },
  }),
  item("2026-03-10T10:39:01Z", "event", "couponAssigned", { properties: { code: "MI-7Q2X" } }),
  item("2026-03-10T10:39:00Z", "run", "journeyEntered", inCoupon),
  item("2026-03-10T10:39:00Z", "event", "completedOrder", {
    properties: { orderId: "5433", amount: { revenue: 212.5 }, products: [{}, {}, {}] },
  }),
  item("2025-05-02T09:00:00Z", "status", "campaignSubscribed", {
    properties: { channel: "email", source: "sito" },
  }),
];

const entry = (
  at: string,
  step: string,
  stepName: string,
  more: Partial<Trace["entries"][number]> = {},
): Trace["entries"][number] => ({
  at,
  step,
  stepName,
  path: "next",
  pathName: null,
  outcome: null,
  judged: [],
  ...more,
});

export const traceOf = (id: string): Trace => ({
  run: runs.find((one) => one.id === id) ?? (runs[0] as RunRow),
  contactId: "angela",
  contactName: "Angela Rossetti",
  entries: [
    entry("2026-03-10T10:39:00Z", "", "", { path: "order", outcome: "entered" }),
    entry("2026-03-10T10:39:01Z", "code", "Un codice personale"),
    entry("2026-03-10T10:40:00Z", "sms", "Il tuo codice", { outcome: "sent" }),
    entry("2026-03-17T10:40:00Z", "check", "Ha usato quel coupon a Milano?", {
      path: "woman",
      pathName: "Donna",
      judged: id === "run-0" ? why : whyNot,
    }),
  ],
});
