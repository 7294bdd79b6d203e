import type { Graph } from "@/api/graph";
import type { Counts, Journey, JourneyCounts, JourneyRow, StepCounts } from "@/api/types";
import { cart, coupon, welcome } from "./graphs.ts";

const silent = {
  planned: 0,
  sent: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
  skipped: 0,
  failed: 0,
  unknown: 0,
};

const at = (
  entered: number,
  inside: number,
  paths: Record<string, number>,
  messages: Partial<StepCounts["messages"]> = {},
  exits: Record<string, number> = {},
): StepCounts => ({ entered, inside, paths, exits, messages: { ...silent, ...messages } });

const figures: Record<string, Counts["steps"]> = {
  coupon: {
    code: at(4812, 0, { next: 4790, none_left: 22 }),
    sms: at(4790, 0, { next: 4786 }, { planned: 4790, sent: 4786, delivered: 4733 }, { no_address: 4 }),
    check: at(4786, 1204, { woman: 609, man: 418, default: 2555 }),
    mailW: at(
      609,
      0,
      { next: 606 },
      { planned: 609, sent: 606, delivered: 604, opened: 430, clicked: 151, skipped: 3 },
      { not_subscribed: 3 },
    ),
    mailM: at(418, 0, { next: 418 }, { planned: 418, sent: 418, delivered: 417, opened: 276, clicked: 84 }),
    unused: at(2555, 0, {}),
    show: at(1024, 234, { next: 381, default: 409 }),
    thanks: at(381, 0, { next: 381 }, { planned: 381, sent: 381, delivered: 381, opened: 201, clicked: 12 }),
    done: at(381, 0, {}),
    empty: at(22, 0, {}),
  },
  cart: {
    first: at(
      1893,
      2,
      { next: 1870 },
      { planned: 1893, sent: 1870, delivered: 1866, opened: 902, clicked: 410, skipped: 21 },
      { not_subscribed: 21 },
    ),
    day: at(1870, 87, { next: 1102 }),
    second: at(
      1102,
      0,
      { next: 1099 },
      { planned: 1102, sent: 1080, delivered: 1077, opened: 333, clicked: 98, skipped: 19, unknown: 1 },
    ),
    end: at(1099, 0, {}),
  },
  welcome: {
    hello: at(
      2640,
      1,
      { next: 2639 },
      { planned: 2640, sent: 2639, delivered: 2630, opened: 1801, clicked: 600 },
    ),
    wait: at(2639, 318, { next: 2321 }),
    check: at(2321, 0, { home: 1130, garden: 402, default: 789 }),
    casa: at(
      1130,
      0,
      { next: 1130 },
      { planned: 1130, sent: 1130, delivered: 1128, opened: 640, clicked: 220 },
    ),
    giardino: at(
      402,
      0,
      { next: 402 },
      { planned: 402, sent: 402, delivered: 402, opened: 190, clicked: 77 },
    ),
    tag: at(2321, 0, { next: 2321 }),
    end: at(2321, 0, {}),
  },
};

const totals = (
  entered: number,
  inside: number,
  positive: number,
  neutral: number,
  negative: number,
): JourneyCounts => ({
  entered,
  inside,
  completed: positive + neutral,
  exited: negative,
  failed: 0,
  positive,
  neutral,
  negative,
});

interface Made extends JourneyRow {
  graph: Graph;
}

const made: Made[] = [
  {
    id: "coupon",
    name: "Coupon Milano → sfilata",
    description:
      "Chi ordina online riceve un codice da usare in negozio a Milano; chi lo usa è invitato alla sfilata.",
    state: "active",
    version: 3,
    emails: 3,
    smses: 1,
    modifiedAt: "2026-03-18T08:12:00Z",
    activatedAt: "2026-02-02T09:00:00Z",
    counts: totals(4812, 1438, 381, 2968, 25),
    tags: ["negozio", "SS26"],
    graph: coupon,
  },
  {
    id: "cart",
    name: "Carrello abbandonato",
    description: "Due promemoria, il secondo con la scadenza del carrello; un ordine li ferma.",
    state: "active",
    version: 1,
    emails: 2,
    smses: 0,
    modifiedAt: "2026-03-11T15:40:00Z",
    activatedAt: "2026-01-20T09:00:00Z",
    counts: totals(1893, 89, 684, 21, 1099),
    tags: ["vendite"],
    graph: cart,
  },
  {
    id: "welcome",
    name: "Serie di benvenuto",
    description: "Saluto subito, poi idee secondo gli interessi dichiarati.",
    state: "active",
    version: 2,
    emails: 3,
    smses: 0,
    modifiedAt: "2026-02-27T10:05:00Z",
    activatedAt: "2026-01-15T08:30:00Z",
    counts: totals(2640, 319, 2321, 0, 0),
    tags: [],
    graph: welcome,
  },
  {
    id: "birthday",
    name: "Buon compleanno",
    description: "",
    state: "paused",
    version: 5,
    emails: 1,
    smses: 0,
    modifiedAt: "2025-12-01T12:00:00Z",
    activatedAt: "2025-03-01T12:00:00Z",
    counts: totals(812, 3, 101, 700, 8),
    tags: ["fedeltà"],
    graph: welcome,
  },
  {
    id: "draft",
    name: "Saldi estivi, prima chiamata",
    description: "In preparazione.",
    state: "draft",
    version: null,
    emails: 0,
    smses: 0,
    modifiedAt: "2026-03-17T17:20:00Z",
    activatedAt: null,
    counts: totals(0, 0, 0, 0, 0),
    tags: [],
    graph: { starts: [], steps: {}, first: "" },
  },
];

const rowOf = ({ graph: _, ...row }: Made): JourneyRow => row;

export const journeyRows: JourneyRow[] = made.map(rowOf);

const settings: Journey["settings"] = {
  listId: "l1",
  listName: "Newsletter",
  senderName: "Bottega Lume",
  senderAddress: "ciao@bottega-lume.example",
  smsSender: "BOTTEGALUME",
  timeZone: "Europe/Rome",
  language: "it",
};

export function findJourney(id: string): Journey | undefined {
  const found = made.find((journey) => journey.id === id);
  if (!found) return undefined;
  const versions = Array.from({ length: found.version ?? 0 }, (_, index) => ({
    number: index + 1,
    publishedAt: `2026-0${Math.min(index + 1, 3)}-02T09:00:00Z`,
  }));
  return { ...found, settings, versions, asOf: "2026-03-18T10:41:58Z" };
}

export const countsOf = (id: string): Counts => ({ asOf: "2026-03-18T10:41:58Z", steps: figures[id] ?? {} });
