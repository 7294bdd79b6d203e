import type { FirstOrLast, Followed, Happened, Operand, Pattern } from "@/api/graph";
import { eventsPart, withinPart } from "@/graph/past";
import { amountPart, oftenPart, windowPart } from "@/graph/windows";
import { type Part, sentence } from "@/lib/sentence";
import { fieldName } from "@/lib/vocabulary";
import { useKnown, useProperties, useTongue } from "./known";
import { OftenForm } from "./often-form";
import { Phrase } from "./phrase";
import { Pick } from "./pick";
import { Sentence } from "./sentence";
import { Amount, WindowForm } from "./small-forms";
import { Where } from "./where";

const ONE: Operand[] = [{ kind: "value", value: 1 }];

/** The choice of the event that a pattern is about. */
function EventPick({ pattern, onChange }: { pattern: Pattern; onChange: (pattern: Pattern) => void }) {
  const tongue = useTongue();
  const { events } = useKnown();
  const [first = ""] = pattern.events;
  const shown = events.find((one) => one.value === first)?.label;
  return (
    <Pick
      free
      look="field"
      label={tongue.t("builder.event")}
      value={first}
      shown={pattern.events.length === 1 && shown ? shown : eventsPart(pattern, tongue).text}
      options={events}
      onPick={(name) => onChange({ events: [name] })}
    />
  );
}

function WindowPhrase({
  leaf,
  onChange,
}: {
  leaf: { window?: Happened["window"] };
  onChange: (window: NonNullable<Happened["window"]>) => void;
}) {
  const tongue = useTongue();
  return (
    <Phrase label={tongue.t("builder.when")} shown={windowPart(leaf.window, tongue).text}>
      <WindowForm window={leaf.window ?? { kind: "anytime" }} onChange={onChange} />
    </Phrase>
  );
}

/** What the contact did, or did not: the event, how often, when, and what it must have been like. */
export function HappenedLeaf({ leaf, onChange }: { leaf: Happened; onChange: (leaf: Happened) => void }) {
  const tongue = useTongue();
  const { t } = tongue;
  const properties = useProperties(leaf.pattern.events);
  const { measure = "count", operator = "at_least", operands = ONE } = leaf;
  const often =
    measure === "count" || measure === "distinct"
      ? oftenPart(measure === "count" ? "times" : "values", operator, operands, tongue)
      : amountPart(operator, operands, tongue, leaf.path);
  const field: Part = { text: fieldName(t, leaf.path ?? ""), tone: "field" };
  const parts = sentence(t, `past.happened.${measure}`, {
    event: eventsPart(leaf.pattern, tongue),
    window: windowPart(leaf.window, tongue),
    field,
    often,
  });
  return (
    <>
      <Sentence
        parts={parts}
        slots={{
          event: <EventPick pattern={leaf.pattern} onChange={(pattern) => onChange({ ...leaf, pattern })} />,
          often: (
            <Phrase label={t("builder.often")} shown={often.text}>
              <OftenForm leaf={leaf} properties={properties} onChange={onChange} />
            </Phrase>
          ),
          window: <WindowPhrase leaf={leaf} onChange={(window) => onChange({ ...leaf, window })} />,
        }}
      />
      <Where pattern={leaf.pattern} onChange={(pattern) => onChange({ ...leaf, pattern })} />
    </>
  );
}

interface FirstOrLastLeafProps {
  leaf: FirstOrLast;
  onChange: (leaf: FirstOrLast) => void;
}

/** What the first or the last event of a kind was like. */
export function FirstOrLastLeaf({ leaf, onChange }: FirstOrLastLeafProps) {
  const tongue = useTongue();
  const { t } = tongue;
  const parts = sentence(t, `builder.${leaf.which}`, {
    which: t(`builder.which.${leaf.which}`),
    event: eventsPart(leaf.pattern, tongue),
    window: windowPart(leaf.window, tongue),
  });
  return (
    <>
      <Sentence
        parts={parts}
        slots={{
          which: (
            <Pick
              look="words"
              label={t("builder.operator")}
              value={leaf.which}
              shown={t(`builder.which.${leaf.which}`)}
              options={(["first", "last"] as const).map((one) => ({
                value: one,
                label: t(`builder.which.${one}`),
              }))}
              onPick={(which) => onChange({ ...leaf, which: which as FirstOrLast["which"] })}
            />
          ),
          event: (
            <EventPick
              pattern={leaf.pattern}
              onChange={(pattern) =>
                onChange({ ...leaf, pattern, condition: { kind: "and", conditions: [] } })
              }
            />
          ),
          window: <WindowPhrase leaf={leaf} onChange={(window) => onChange({ ...leaf, window })} />,
        }}
      />
      <Where
        open
        pattern={{ events: leaf.pattern.events, where: leaf.condition }}
        onChange={({ where }) => onChange({ ...leaf, condition: where ?? { kind: "and", conditions: [] } })}
      />
    </>
  );
}

/** One thing, then another: within how long, each as it must have been. */
export function FollowedLeaf({ leaf, onChange }: { leaf: Followed; onChange: (leaf: Followed) => void }) {
  const tongue = useTongue();
  const { t } = tongue;
  const parts = sentence(t, "past.followed", {
    first: { text: eventsPart(leaf.first, tongue).text, slot: "first" },
    second: { text: eventsPart(leaf.then, tongue).text, slot: "second" },
    within: withinPart(leaf, tongue),
    window: windowPart(leaf.window, tongue),
  });
  const within = leaf.within ?? { amount: 7, unit: "days" as const };
  return (
    <>
      <Sentence
        parts={parts}
        slots={{
          first: <EventPick pattern={leaf.first} onChange={(first) => onChange({ ...leaf, first })} />,
          second: <EventPick pattern={leaf.then} onChange={(then) => onChange({ ...leaf, then })} />,
          within: (
            <Phrase label={t("builder.within")} shown={withinPart(leaf, tongue).text}>
              <Amount
                amount={within.amount}
                unit={within.unit}
                units={["minutes", "hours", "days", "weeks"]}
                onAmount={(amount) => onChange({ ...leaf, within: { ...within, amount } })}
                onUnit={(unit) => onChange({ ...leaf, within: { ...within, unit } })}
              />
            </Phrase>
          ),
          window: <WindowPhrase leaf={leaf} onChange={(window) => onChange({ ...leaf, window })} />,
        }}
      />
      <Where label="first" pattern={leaf.first} onChange={(first) => onChange({ ...leaf, first })} />
      <Where label="second" pattern={leaf.then} onChange={(then) => onChange({ ...leaf, then })} />
    </>
  );
}
