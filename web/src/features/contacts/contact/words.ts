import type { TimelineItem } from "@/api/types";
import { attributeText, type Tongue } from "@/graph/conditions";
import { type Part, sentence } from "@/lib/sentence";
import { eventName, fieldName, knownText, reasonText, sourceName } from "@/lib/vocabulary";
import {
  IconActivity,
  IconArrowsSplit2,
  IconBell,
  IconClick,
  IconDeviceMobileMessage,
  IconDoorExit,
  IconEye,
  IconFlag,
  IconLogin2,
  IconMail,
  IconMailOff,
  IconShoppingBag,
  IconShoppingCart,
  IconTag,
  IconTicket,
  IconUserCheck,
  IconUserEdit,
  IconUsersGroup,
} from "@/ui/icons";

type Sign = { Icon: typeof IconMail; family: string };

const signs: Record<string, Sign> = {
  campaignOpened: { Icon: IconEye, family: "message" },
  campaignLinkClicked: { Icon: IconClick, family: "message" },
  campaignSubscribed: { Icon: IconUserCheck, family: "start" },
  campaignOptinRequested: { Icon: IconUserCheck, family: "time" },
  campaignUnsubscribed: { Icon: IconMailOff, family: "danger" },
  campaignBounced: { Icon: IconMailOff, family: "danger" },
  messageSkipped: { Icon: IconMailOff, family: "time" },
  messagePostponed: { Icon: IconMailOff, family: "time" },
  messageFailed: { Icon: IconMailOff, family: "danger" },
  messageUnknown: { Icon: IconMailOff, family: "time" },
  completedOrder: { Icon: IconShoppingBag, family: "shop" },
  abandonedCart: { Icon: IconShoppingCart, family: "time" },
  addedProduct: { Icon: IconShoppingCart, family: "end" },
  couponAssigned: { Icon: IconTicket, family: "data" },
  grantedCoupon: { Icon: IconTicket, family: "data" },
  addedReward: { Icon: IconTag, family: "data" },
  journeyEntered: { Icon: IconLogin2, family: "start" },
  journeyExited: { Icon: IconDoorExit, family: "end" },
  loggedIn: { Icon: IconLogin2, family: "end" },
};

const byKind: Record<TimelineItem["kind"], Sign> = {
  event: { Icon: IconActivity, family: "end" },
  message: { Icon: IconMail, family: "message" },
  trace: { Icon: IconArrowsSplit2, family: "decision" },
  status: { Icon: IconUserCheck, family: "start" },
  profile: { Icon: IconUserEdit, family: "data" },
  run: { Icon: IconFlag, family: "end" },
  belonging: { Icon: IconUsersGroup, family: "data" },
};

/** The icon and family of an entry. */
export function signOf(item: TimelineItem): Sign {
  const known = signs[item.name];
  if (known) return known;
  if (item.message?.channel === "push") return { Icon: IconBell, family: "message" };
  if (item.message?.channel === "sms") return { Icon: IconDeviceMobileMessage, family: "message" };
  return byKind[item.kind];
}

const strong = (text: string): Part => ({ text, tone: "value" });

function read(properties: Record<string, unknown>, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (value === null || typeof value !== "object") return undefined;
    return (value as Record<string, unknown>)[key];
  }, properties);
}

function amountOf(properties: Record<string, unknown>): number | undefined {
  for (const path of ["amount.revenue", "amount.total", "revenue", "total"]) {
    const value = read(properties, path);
    if (typeof value === "number") return value;
  }
  return undefined;
}

/** When an entry happened: a run's end by the run's own clock, as its card says it; all else when it came to be known. */
export const momentOf = (item: TimelineItem): string => (item.kind === "run" ? item.occurredAt : item.at);

/** Whether an entry tells anything that its neighbours do not: a step merely passed is told by what it did. */
export function isWorthTelling(item: TimelineItem, _index: number, all: TimelineItem[]): boolean {
  if (item.name === "journeyEntered") {
    // The trace of the start says the same, and why.
    return !all.some((other) => other.runId === item.runId && other.properties.outcome === "entered");
  }
  if (item.kind === "trace") {
    return (
      item.why.length > 0 || (typeof item.properties.path === "string" && item.properties.path !== "next")
    );
  }
  return item.name !== "messagePlanned";
}

/** What happened, as a sentence. */
export function titleOf(item: TimelineItem, { t, format }: Tongue): Part[] {
  const subject = strong(item.message?.subject || item.stepName || t("common.unnamed"));
  const channel = item.message?.channel ?? String(item.properties.channel ?? "");
  if (item.kind === "message") {
    const key = `timeline.message.${item.name}`;
    const exact = `${key}_${channel}`;
    const which = knownText(t, exact) ? exact : key;
    if (knownText(t, which)) return sentence(t, which, { subject });
  }
  if (item.kind === "status") {
    const key = `timeline.status.${item.name}`;
    if (knownText(t, key)) {
      return sentence(t, key, { channel: strong(t(`channels.${channel}`, { defaultValue: channel })) });
    }
  }
  if (item.kind === "belonging") {
    const key = `timeline.belonging.${item.name}`;
    const name = strong(String(item.properties.name ?? t("common.unnamed")));
    if (knownText(t, key)) return sentence(t, key, { name });
  }
  if (item.kind === "run" || item.kind === "trace") {
    const journey = strong(item.journeyName ?? t("journey.untitled"));
    const path = item.pathName ?? item.properties.path;
    if (item.kind === "run") {
      const outcome = String(item.properties.outcome ?? "neutral");
      const entered = item.name === "journeyEntered";
      return sentence(t, entered ? "timeline.entered" : "timeline.exited", {
        journey,
        outcome: strong(t(`outcomes.${outcome}`, { defaultValue: outcome })),
      });
    }
    if (item.properties.outcome === "entered") return sentence(t, "timeline.entered", { journey });
    return path
      ? sentence(t, "timeline.path", {
          journey: { text: journey.text },
          path: strong(pathText(String(path), { t, format })),
        })
      : sentence(t, "timeline.step", {
          journey: { text: journey.text },
          step: strong(item.stepName ?? item.step ?? ""),
        });
  }
  if (item.kind === "profile") return [{ text: t("timeline.profile") }];
  const amount = amountOf(item.properties);
  const event = { text: eventName(t, item.name) };
  return amount === undefined
    ? [event]
    : sentence(t, "timeline.amount", { event, amount: format.money(amount) });
}

/** The name of a path; those without a name of their own have a usual word. */
export function pathText(path: string, { t }: Tongue): string {
  return t(`pathNames.${path}`, { defaultValue: path });
}

/** What a list of the profile holds: Italian speaks of a tag in the feminine. */
const heldIn = (path: string): "tag" | "value" => (path.startsWith("tags.") ? "tag" : "value");

/** What a change of the profile set, cleared, added and removed, in one line. */
function changesOf(properties: Record<string, unknown>, tongue: Tongue): string {
  const { t } = tongue;
  const pairs = (name: string) => Object.entries((properties[name] ?? {}) as Record<string, unknown>);
  const say =
    (key: string) =>
    ([path, value]: [string, unknown]) =>
      t(key, { field: fieldName(t, path), value: attributeText(path, value, tongue) });
  const cleared = Array.isArray(properties.clear) ? (properties.clear as string[]) : [];
  return [
    ...pairs("set")
      .filter(([, value]) => typeof value !== "object" || Array.isArray(value))
      .map(say("timeline.set")),
    ...cleared.map((path) => say("timeline.cleared")([path, null])),
    ...pairs("append").map((pair) => say(`timeline.appended.${heldIn(pair[0])}`)(pair)),
    ...pairs("remove").map((pair) => say(`timeline.removed.${heldIn(pair[0])}`)(pair)),
  ].join(" · ");
}

const worth = [
  "storeCode",
  "orderId",
  "keyword",
  "category",
  "name",
  "title",
  "code",
  "rewardDescription",
  "formName",
  "source",
  "url",
];

/** What is worth knowing besides, in one line; empty where there is nothing. */
export function summaryOf(item: TimelineItem, tongue: Tongue): string {
  const { t, format } = tongue;
  const { properties } = item;
  if (item.kind === "trace") return properties.path ? (item.stepName ?? "") : "";
  if (item.kind === "run") return reasonText(t, properties.reason as string | undefined);
  if (item.kind === "message") {
    const { message } = item;
    return [item.journeyName, reasonText(t, message?.reason), properties.url].filter(Boolean).join(" · ");
  }
  if (item.kind === "profile") return changesOf(properties, tongue);
  if (item.kind === "belonging") return "";
  const products = properties.products;
  const coupon = properties.coupon;
  return [
    ...worth
      .map((path) => (path === "source" ? sourceName(t, properties[path]) : properties[path]))
      .filter((value) => typeof value === "string" || typeof value === "number"),
    coupon ? t("timeline.coupon", { code: String(coupon) }) : "",
    Array.isArray(products)
      ? t("timeline.products", { count: products.length, n: format.number(products.length) })
      : "",
  ]
    .filter((one) => one !== "")
    .join(" · ");
}
