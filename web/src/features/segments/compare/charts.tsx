import { useTranslation } from "react-i18next";
import type { Portrait } from "@/api/segments";
import { valueText } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { eventName } from "@/lib/vocabulary";
import { useTongue } from "../builder/known";
import { ChartCard } from "./chart-card";
import type { MirrorRow, Side } from "./mirror-option";
import css from "./page.module.css";
import { deedOf, joinDeeds, joinShares, ofMost, revenueOf } from "./rows";

interface ChartsProps {
  one: Portrait;
  other: Portrait;
  names: [string, string];
}

type Spread = "gender" | "age" | "country" | "city" | "language";
const CAME_TO = ["campaignSent", "campaignOpened", "campaignLinkClicked", "campaignUnsubscribed"] as const;

/** How many and for how much, who they are, what messages came to and what they did: two sides of one scale. */
export function Charts({ one, other, names }: ChartsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = useTongue();
  const both = [one, other] as const;
  const sides = (make: (portrait: Portrait) => Side): [Side, Side] => [make(one), make(other)];
  const partOf = (part: number, portrait: Portrait): Omit<Side, "note"> => {
    const share = portrait.members > 0 ? part / portrait.members : 0;
    return { share, text: format.share(share) };
  };
  const said = (kind: Spread, value: string): string => {
    if (value === "") return t("compare.unknown");
    if (value === "…") return t("compare.others");
    if (kind === "country") return format.region(value);
    if (kind === "language") return format.tongue(value);
    return kind === "age" ? t("compare.years", { range: value.replace("-", "–") }) : valueText(value, tongue);
  };
  const spread = (kind: Spread): MirrorRow[] =>
    joinShares(one[kind], other[kind], kind === "age").map((row) => ({
      key: row.value || "unknown",
      label: said(kind, row.value),
      quiet: row.value === "" || row.value === "…",
      sides: [
        { ...partOf(row.one, one), note: format.number(row.one) },
        { ...partOf(row.other, other), note: format.number(row.other) },
      ],
    }));
  // What is counted in unlike units has a scale of its own in each row.
  const figure = (key: string, count: (portrait: Portrait) => number, say: (value: number) => string) => {
    const values = both.map(count);
    return {
      key,
      label: t(`compare.figures.${key}`),
      sides: sides((portrait) => ({
        share: ofMost(count(portrait), values),
        text: say(count(portrait)),
        note: "",
      })),
    };
  };
  const deed = (portrait: Portrait, name: string): Side => {
    const { contacts, times } = deedOf(portrait, name);
    return {
      ...partOf(contacts, portrait),
      note: t("compare.times", { count: times, n: format.number(times) }),
    };
  };
  const spreadCard = (kind: Spread) => (
    <ChartCard
      title={t(`compare.spreads.${kind}`)}
      aside={t("compare.ofMembers")}
      say={format.share}
      names={names}
      rows={spread(kind)}
      none={t("compare.noMembers")}
    />
  );
  const done = joinDeeds(one.events, other.events, CAME_TO);
  return (
    <div className={css.charts}>
      <ChartCard
        wide
        title={t("compare.members")}
        aside={t("compare.ownScale")}
        names={names}
        none={t("compare.noMembers")}
        rows={[
          figure("members", (portrait) => portrait.members, format.number),
          figure("orders", (portrait) => deedOf(portrait, "completedOrder").times, format.number),
          figure("revenue", revenueOf, format.money),
          figure("each", (portrait) => revenueOf(portrait) / Math.max(portrait.members, 1), format.money),
        ]}
      />
      <div className={css.column}>
        {spreadCard("gender")}
        {spreadCard("country")}
        {spreadCard("language")}
        <ChartCard
          title={t("compare.messages")}
          aside={t("compare.ofMembers")}
          say={format.share}
          names={names}
          none={t("compare.noMessages")}
          rows={CAME_TO.map((name) => ({
            key: name,
            label: t(`compare.cameTo.${name}`),
            sides: sides((portrait) => deed(portrait, name)),
          }))}
        />
      </div>
      <div className={css.column}>
        {spreadCard("age")}
        {spreadCard("city")}
      </div>
      <ChartCard
        wide
        title={t("compare.deeds")}
        aside={t("compare.ofMembers")}
        say={format.share}
        names={names}
        none={t("compare.noDeeds")}
        rows={done.map((name) => ({
          key: name,
          label: eventName(t, name),
          sides: sides((portrait) => deed(portrait, name)),
        }))}
      />
    </div>
  );
}
