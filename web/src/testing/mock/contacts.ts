import type { Contact, ContactRow, PersonHere, RunRow, TimelineItem, Trace } from "@/api/types";
import { milan } from "./graphs.ts";

const names = [
  "Angela Rossetti",
  "Bruno Lanterna",
  "Carla Ventomare",
  "Dario Pietralba",
  "Elena Fiordaliso",
  "Fabio Montecedro",
  "Gaia Brezzolina",
  "Ivo Campolungo",
  "Livia Serrachiara",
  "Marco Tramontano",
  "Nora Quercianova",
  "Olmo Dellariva",
  "Paola Stellamarina",
  "Rocco Ventaglio",
  "Sara Melograno",
  "Tullio Acquadolce",
];

export const contactRows: ContactRow[] = names.map((name, index) => ({
  id: index === 0 ? "angela" : `contact-${index}`,
  name,
  email: `${name.toLowerCase().replace(" ", ".")}@example.com`,
  phone: index % 3 === 2 ? null : `+39 555 01${String(40 + index)}`,
  createdAt: `2025-${String(1 + (index % 12)).padStart(2, "0")}-14T10:00:00Z`,
  lastEventAt: new Date(Date.parse("2026-03-18T10:41:00Z") - index * index * 1_930_000).toISOString(),
}));

export const peopleHere: PersonHere[] = contactRows.slice(0, 9).map((row, index) => ({
  contactId: row.id,
  name: row.name,
  email: row.email,
  runId: `run-${index}`,
  step: "check",
  since: new Date(Date.parse("2026-03-18T09:12:00Z") - index * 7_400_000).toISOString(),
  until: new Date(Date.parse("2026-03-19T11:12:00Z") + index * 41_000_000).toISOString(),
}));

const run = (id: string, more: Partial<RunRow>): RunRow => ({
  id,
  journeyId: "coupon",
  journeyName: "Coupon Milano → sfilata",
  version: 3,
  state: "waiting",
  step: null,
  stepName: "",
  enteredAt: "2026-03-10T10:39:00Z",
  dueAt: null,
  endedAt: null,
  outcome: null,
  reason: null,
  ...more,
});

const runs: RunRow[] = [
  run("run-0", { step: "show", stepName: "Ha partecipato alla sfilata?", dueAt: "2026-04-16T10:40:00Z" }),
  run("run-w", {
    journeyId: "welcome",
    journeyName: "Serie di benvenuto",
    version: 2,
    step: "wait",
    stepName: "Attesa",
    enteredAt: "2026-03-17T18:00:00Z",
    dueAt: "2026-03-19T18:00:00Z",
  }),
  run("run-c", {
    journeyId: "cart",
    journeyName: "Carrello abbandonato",
    version: 1,
    state: "ended",
    endedAt: "2026-03-11T12:30:00Z",
    outcome: "positive",
    reason: "goal: order",
  }),
  run("run-b", {
    journeyId: "birthday",
    journeyName: "Buon compleanno",
    version: 5,
    state: "ended",
    endedAt: "2026-03-14T08:00:00Z",
    outcome: "neutral",
    reason: "completed",
  }),
];

const values = ["MI-7Q2X", "Milano", ["top spender", "newsletter"], "female"];
const tests = milan.kind === "and" ? (milan.conditions ?? []).filter((one) => one.kind === "test") : [];
const why = tests.map((condition, index) => ({
  test: condition,
  read: values[index] as unknown,
  compared: index === 0 ? ["MI-7Q2X"] : [],
  verdict: true,
}));
const whyNot = why.map((line, index) => (index === 2 ? { ...line, read: null, verdict: false } : line));

export function findContact(id: string): Contact | undefined {
  const row = contactRows.find((one) => one.id === id);
  if (!row) return undefined;
  const known = id === "angela";
  return {
    id,
    name: row.name,
    email: row.email,
    phone: row.phone,
    anonymous: false,
    lastEventAt: row.lastEventAt,
    identities: [
      { kind: "email", value: row.email ?? "" },
      ...(row.phone ? [{ kind: "phone", value: row.phone }] : []),
      { kind: "user_id", value: "88213" },
    ],
    attributes: known
      ? {
          gender: "female",
          birthDate: "1988-03-14",
          address: { city: "Milano", country: "IT" },
          language: "it",
          interests: ["casa", "giardino"],
          loyalty: true,
          shop: { revenue12Months: 1284, orders: 9 },
          preferredStore: "Milano Brera",
        }
      : {},
    tags: known ? ["top spender", "newsletter"] : [],
    statuses: known
      ? [
          {
            listId: "l1",
            listName: "Newsletter",
            channel: "email",
            status: "subscribed",
            changedAt: "2025-05-02T09:00:00Z",
          },
          {
            listId: "l1",
            listName: "Newsletter",
            channel: "sms",
            status: "pending",
            changedAt: "2026-03-02T09:00:00Z",
          },
        ]
      : [],
    createdAt: row.createdAt,
    runs: known ? runs : [],
    asOf: "2026-03-18T10:41:58Z",
  };
}

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
