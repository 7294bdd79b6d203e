import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Definition, SegmentRow } from "@/api/segments";
import { conditionLines } from "@/graph/conditions";
import { sentence } from "@/lib/sentence";
import { ConditionLines } from "@/ui/condition";
import { Pill } from "@/ui/pill";
import { useKnown, useTongue } from "../builder/known";
import { Sentence } from "../builder/sentence";
import css from "./page.module.css";

/** What the segment asks, to be read. */
export function Rule({ segment }: { segment: SegmentRow }) {
  const { t } = useTranslation();
  const tongue = useTongue();
  const definition = segment.definition as Definition;
  const words = { and: t("conditions.and"), or: t("conditions.or") };
  return (
    <section className={css.rule}>
      <h2 className={css.heading}>{t(`segments.heading.${definition.kind}`)}</h2>
      {definition.kind === "filter" ? (
        <ConditionLines lines={conditionLines(definition.condition, tongue)} words={words} />
      ) : (
        <ul>
          <li className={css.line}>
            <Sentence
              parts={sentence(t, "builder.combine.first", { segment: "…" })}
              slots={{ segment: <Named id={definition.first} /> }}
            />
          </li>
          {definition.then.map((link) => (
            <li key={`${link.operator} ${link.segmentId}`} className={css.line}>
              <Sentence
                parts={sentence(t, "builder.combine.then", {
                  operator: t(`builder.combine.${link.operator}`),
                  segment: "…",
                })}
                slots={{ segment: <Named id={link.segmentId} /> }}
              />
            </li>
          ))}
        </ul>
      )}
      {segment.tags.length > 0 && (
        <div className={css.tags} style={{ marginTop: 12 }}>
          {segment.tags.map((tag) => (
            <Pill key={tag}>{tag}</Pill>
          ))}
        </div>
      )}
    </section>
  );
}

function Named({ id }: { id: string }) {
  const { t } = useTranslation();
  const { segments } = useKnown();
  return (
    <Link
      to="/segments/$segmentId"
      params={{ segmentId: id }}
      search={{ q: undefined, why: undefined }}
      className={css.link}
    >
      {segments.find((one) => one.value === id)?.label ?? t("common.unnamed")}
    </Link>
  );
}
