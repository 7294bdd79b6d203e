import type { Contact, ContactRow, PersonHere, RunRow } from "@/api/types";

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
  values: {},
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

export const runs: RunRow[] = [
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
