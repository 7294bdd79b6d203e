import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type EventType, seenEventQuery } from "@/api/data";
import { useMay } from "@/api/may";
import { valueText } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Trouble } from "@/ui/forms";
import { Pill } from "@/ui/pill";
import { Section } from "@/ui/section";
import { SidePanel } from "@/ui/side-panel";
import { DayChart } from "./day-chart";
import { lastDays } from "./days";
import css from "./events.module.css";

interface EventPanelProps {
  type: EventType;
  label: string;
  onClose: () => void;
  onEdit: () => void;
}

/** The types that a property was seen with; whole and decimal numbers are all numbers. */
function kindsOf(types: Record<string, unknown>): string[] {
  const kinds = Object.keys(types);
  const numbers = ["integer", "decimal"];
  return numbers.every((one) => kinds.includes(one))
    ? [...kinds.filter((one) => !numbers.includes(one)), "number"]
    : kinds;
}

/** One kind of event: how many came by day, what they held, and what is asked of them. */
export function EventPanel({ type, label, onClose, onEdit }: EventPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const now = useNow(60_000);
  const seen = useQuery(seenEventQuery(type.name));
  const days = lastDays(seen.data?.days ?? [], format.dayKey(now));
  const total = days.reduce((sum, day) => sum + day.received, 0);
  const head = (
    <>
      <Pill>{t(`events.origins.${type.origin}`)}</Pill>
      <h2 className={css.title}>{label}</h2>
      <p className={css.path}>{type.name}</p>
    </>
  );
  const unseen = Object.entries(type.properties).filter(
    ([path]) => !seen.data?.properties.some((one) => one.path === path),
  );
  return (
    <SidePanel id={`event/${type.name}`} label={label} head={head} onClose={onClose}>
      {seen.isPending && [0, 1, 2, 3].map((row) => <Skeleton key={row} height={32} mb={14} />)}
      {seen.isError && <Trouble error={seen.error} retry={() => seen.refetch()} />}
      {seen.data && (
        <>
          <Section
            title={t("events.byDay")}
            aside={total > 0 && t("events.total", { count: total, n: format.number(total) })}
          >
            <DayChart days={days} />
          </Section>
          <Section
            title={t("events.properties")}
            aside={
              seen.data.lookedAt > 0 &&
              t("events.lookedAt", { count: seen.data.lookedAt, n: format.number(seen.data.lookedAt) })
            }
          >
            {seen.data.properties.length === 0 && <p className={css.none}>{t("events.noneSeen")}</p>}
            {seen.data.properties.map((one) => (
              <div key={one.path} className={css.pair}>
                <div className={css.pairHead}>
                  <span className={css.path}>{one.path}</span>
                  <span className={css.quiet}>
                    {format.list(
                      kindsOf(one.types).map((kind) => t(`jsonTypes.${kind}`, { defaultValue: kind })),
                    )}
                    {" · "}
                    {one.events === seen.data.lookedAt
                      ? t("events.always")
                      : format.share(one.events / Math.max(seen.data.lookedAt, 1))}
                  </span>
                </div>
                <div className={css.samples}>
                  {one.samples.map((sample) => valueText(sample, { t, format })).join(" · ")}
                </div>
              </div>
            ))}
          </Section>
        </>
      )}
      {seen.data && unseen.length > 0 && (
        <Section title={t("events.alsoKnown")}>
          {unseen.map(([path, kind]) => (
            <div key={path} className={`${css.pair} ${css.pairHead}`}>
              <span className={css.path}>{path}</span>
              <span className={css.quiet}>{t(`jsonTypes.${kind}`, { defaultValue: kind })}</span>
            </div>
          ))}
        </Section>
      )}
      {type.schema && (
        <Section title={t("events.schema")}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard */}
          <pre className={css.schema} tabIndex={0}>
            {JSON.stringify(type.schema, null, 2)}
          </pre>
        </Section>
      )}
      {may("workspace.write") && type.origin !== "known" && (
        <Button variant="default" onClick={onEdit}>
          {t(type.origin === "declared" ? "events.edit" : "events.declareThis")}
        </Button>
      )}
    </SidePanel>
  );
}
