import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Happened, Operand } from "@/api/graph";
import type { KnownField } from "./known";
import css from "./parts.module.css";
import { Count } from "./small-forms";

const OPERATORS = ["at_least", "at_most", "equals", "more_than", "less_than", "between"] as const;
const MEASURES = ["count", "sum", "average", "minimum", "maximum", "distinct"] as const;

const numberOf = (operand: Operand | undefined, otherwise: number): number =>
  operand?.kind === "value" && typeof operand.value === "number" ? operand.value : otherwise;

interface ComparedProps {
  operator: string;
  operands: Operand[];
  onChange: (operator: string, operands: Operand[]) => void;
  whole?: boolean;
}

/** How many: an operator and one number or two. */
export function Compared({ operator, operands, onChange, whole = true }: ComparedProps) {
  const { t } = useTranslation();
  const first = numberOf(operands[0], 1);
  const second = numberOf(operands[1], first + 1);
  const values = (...numbers: number[]): Operand[] => numbers.map((value) => ({ kind: "value", value }));
  const both = operator === "between";
  return (
    <>
      <NativeSelect
        aria-label={t("builder.compared")}
        value={operator}
        onChange={(event) => {
          const next = event.currentTarget.value;
          onChange(next, next === "between" ? values(first, second) : values(first));
        }}
        data={OPERATORS.map((one) => ({ value: one, label: t(`builder.compare.${one}`) }))}
      />
      <div className={css.two}>
        <Count
          label={t("builder.number")}
          min={0}
          whole={whole}
          value={first}
          onChange={(next) => onChange(operator, both ? values(next, second) : values(next))}
        />
        {both && (
          <Count
            label={t("builder.upTo")}
            min={0}
            whole={whole}
            value={second}
            onChange={(next) => onChange(operator, values(first, next))}
          />
        )}
      </div>
    </>
  );
}

interface OftenFormProps {
  leaf: Happened;
  properties: KnownField[];
  onChange: (leaf: Happened) => void;
}

/** What is told of the facts that match: how often, or a sum, average, … of a property. */
export function OftenForm({ leaf, properties, onChange }: OftenFormProps) {
  const { t } = useTranslation();
  const { measure = "count", operator = "at_least" } = leaf;
  const operands: Operand[] = leaf.operands ?? [{ kind: "value", value: 1 }];
  const measurable = properties.filter((one) => measure === "distinct" || one.type === "number");
  const choose = (next: (typeof MEASURES)[number]) => {
    const fitting = properties.find((one) => next === "distinct" || one.type === "number");
    const path = next === "count" ? null : (leaf.path ?? fitting?.value ?? null);
    onChange({ ...leaf, measure: next, path });
  };
  return (
    <>
      <NativeSelect
        label={t("builder.measure")}
        value={measure}
        onChange={(event) => choose(event.currentTarget.value as (typeof MEASURES)[number])}
        data={MEASURES.map((one) => ({
          value: one,
          label: t(`builder.measures.${one}`),
          disabled: one !== "count" && properties.length === 0,
        }))}
      />
      {measure !== "count" && (
        <NativeSelect
          label={t("builder.property")}
          value={leaf.path ?? ""}
          onChange={(event) => onChange({ ...leaf, path: event.currentTarget.value })}
          data={measurable.map((one) => ({ value: one.value, label: one.label }))}
        />
      )}
      <Compared
        operator={operator}
        operands={operands}
        whole={measure === "count" || measure === "distinct"}
        onChange={(nextOperator, nextOperands) =>
          onChange({ ...leaf, measure, operator: nextOperator, operands: nextOperands })
        }
      />
    </>
  );
}
