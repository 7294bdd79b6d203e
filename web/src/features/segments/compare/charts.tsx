import { useTranslation } from "react-i18next";
import type { Portrait } from "@/api/segments";
import { valueText } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { eventName } from "@/lib/vocabulary";
import { useTongue } from "../builder/known";
import { type Bar, BarTable } from "./bar-table";
import css from "./page.module.css";
import { joinDeeds, joinShares } from "./rows";

interface ChartsProps {
  one: Portrait;
  other: Portrait;
  names: [string, string];
}

const SPREADS = ["gender", "age", "country", "city", "language"] as const;

/** How many, who, and what they did: each as bars in a table, in shares so that small and large compare. */
export function Charts({ one, other, names }: ChartsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = useTongue();
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  const said = (spread: (typeof SPREADS)[number], value: string): string => {
    if (value === "") return t("compare.unknown");
    if (value === "…") return t("compare.others");
    if (spread === "country") return format.region(value);
    if (spread === "language") return format.tongue(value);
    return spread === "age"
      ? t("compare.years", { range: value.replace("-", "–") })
      : valueText(value, tongue);
  };
  const spread = (kind: (typeof SPREADS)[number]): Bar[] =>
    joinShares(one[kind], other[kind], kind === "age").map((row) => ({
      key: row.value || "unknown",
      label: said(kind, row.value),
      bars: [row.one, row.other].map((members, index) => {
        const part = share(members, index === 0 ? one.members : other.members);
        return { share: part, text: format.share(part), note: format.number(members) };
      }),
    }));
  const deeds: Bar[] = joinDeeds(one.events, other.events).map((row) => ({
    key: row.name,
    label: eventName(t, row.name),
    bars: [row.one, row.other].map((deed, index) => {
      const part = share(deed?.contacts ?? 0, index === 0 ? one.members : other.members);
      const revenue = deed?.revenue ? ` · ${format.money(deed.revenue)}` : "";
      const count = deed?.times ?? 0;
      return {
        share: part,
        text: format.share(part),
        note: t("compare.times", { count, n: format.number(count) }) + revenue,
      };
    }),
  }));
  const largest = Math.max(one.members, other.members, 1);
  const members: Bar[] = [
    {
      key: "members",
      label: t("segments.members"),
      bars: [one, other].map((each) => ({
        share: each.members / largest,
        text: format.number(each.members),
        note: "",
      })),
    },
  ];
  return (
    <div className={css.charts}>
      <BarTable wide title={t("compare.members")} names={names} rows={members} />
      {SPREADS.map((kind) => (
        <BarTable key={kind} title={t(`compare.spreads.${kind}`)} names={names} rows={spread(kind)} />
      ))}
      <BarTable wide title={t("compare.deeds")} names={names} rows={deeds} none={t("compare.noDeeds")} />
    </div>
  );
}
