import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Operand, Test } from "@/api/graph";
import { isMoney, operandPart, valueText } from "@/graph/conditions";
import { type Choice, type KnownField, useTongue } from "./known";
import type { OperandKind } from "./operators";
import css from "./parts.module.css";
import { Phrase } from "./phrase";
import { Pick } from "./pick";
import { Amount, ListForm, unitsOf } from "./small-forms";

interface ValueProps {
  kind: OperandKind;
  operand: Operand | undefined;
  onChange: (operand: Operand) => void;
  field: KnownField | undefined;
  test: Test;
  onUnit: (unit: NonNullable<Test["unit"]>) => void;
}

/** What stands at the right of a comparison, to be changed in its own way. */
export function Value({ kind, operand, onChange, field, test, onUnit }: ValueProps) {
  const tongue = useTongue();
  const { t } = useTranslation();
  if (operand && operand.kind !== "value") return <span>{operandPart(operand, tongue).text}</span>;
  const value = operand?.value;
  const set = (next: unknown) => onChange({ kind: "value", value: next });
  if (kind === "text") {
    const text = typeof value === "string" ? value : "";
    return (
      <Pick
        free
        label={t("builder.value")}
        value={text}
        shown={text ? valueText(text, tongue) : t("builder.aValue")}
        missing={!text}
        options={choices(field, (one) => valueText(one, tongue))}
        onPick={set}
      />
    );
  }
  if (kind === "texts") {
    const values = Array.isArray(value) ? value.map(String) : [];
    return (
      <Phrase
        label={t("builder.value")}
        shown={values.length > 0 ? valueText(values, tongue) : t("builder.values")}
        missing={values.length === 0}
      >
        <ListForm values={values} onChange={set} options={choices(field, String)} />
      </Phrase>
    );
  }
  if (kind === "amount") {
    const amount = typeof value === "number" ? value : 1;
    const unit = test.unit ?? "days";
    return (
      <Phrase
        label={t("builder.span")}
        shown={t(`duration.${unit}`, { count: amount, n: tongue.format.number(amount) })}
      >
        <Amount amount={amount} unit={unit} units={unitsOf(test.type)} onAmount={set} onUnit={onUnit} />
      </Phrase>
    );
  }
  return (
    <>
      <Typed kind={kind} value={value} onChange={set} label={t("builder.value")} />
      {kind === "number" && isMoney(test.path) && ` ${tongue.format.currencySign}`}
    </>
  );
}

function choices(field: KnownField | undefined, say: (value: unknown) => string): Choice[] {
  const texts = (field?.samples ?? []).flat().filter((one) => typeof one === "string");
  return [...new Set(texts)].map((one) => ({ value: one, label: say(one), hint: undefined }));
}

interface TypedProps {
  kind: "number" | "date" | "datetime";
  value: unknown;
  onChange: (value: unknown) => void;
  label: string;
}

const local = (value: unknown): string => {
  const at = new Date(String(value));
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** A figure or date written into the sentence itself; what is no value yet changes nothing. */
function Typed({ kind, value, onChange, label }: TypedProps) {
  const [text, setText] = useState(kind === "datetime" ? local(value) : String(value ?? ""));
  const change = (next: string) => {
    setText(next);
    if (next === "") return;
    if (kind === "number") {
      if (!Number.isNaN(Number(next))) onChange(Number(next));
    } else if (kind === "date") onChange(next);
    else if (!Number.isNaN(Date.parse(next))) onChange(new Date(next).toISOString());
  };
  const type = kind === "datetime" ? "datetime-local" : kind;
  return (
    <input
      className={css.typed}
      type={type}
      step={kind === "number" ? "any" : undefined}
      aria-label={label}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
