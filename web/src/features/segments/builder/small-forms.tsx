import { NativeSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Test, Window } from "@/api/graph";
import type { Choice } from "./known";
import css from "./parts.module.css";

export type Unit = NonNullable<Test["unit"]>;
const UNITS: Unit[] = ["minutes", "hours", "days", "weeks", "months", "years"];

/** The units in which time from now is said: a day has no minutes. */
export const unitsOf = (type: string): Unit[] => (type === "date" ? UNITS.slice(2) : UNITS);

interface AmountProps {
  amount: number;
  unit: Unit;
  units?: Unit[];
  onAmount: (amount: number) => void;
  onUnit: (unit: Unit) => void;
}

/** A number of units of time. */
export function Amount({ amount, unit, units = UNITS, onAmount, onUnit }: AmountProps) {
  const { t } = useTranslation();
  return (
    <div className={css.two}>
      <Count label={t("builder.number")} value={amount} onChange={onAmount} />
      <NativeSelect
        aria-label={t("builder.unit")}
        value={unit}
        onChange={(event) => onUnit(event.currentTarget.value as Unit)}
        data={units.map((one) => ({ value: one, label: t(`builder.units.${one}`) }))}
      />
    </div>
  );
}

interface CountProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  whole?: boolean;
}

export function Count({ label, value, onChange, min = 1, whole = true }: CountProps) {
  return (
    <NumberInput
      aria-label={label}
      value={value}
      min={min}
      allowDecimal={!whole}
      onChange={(next) => typeof next === "number" && next >= min && onChange(next)}
    />
  );
}

interface ListFormProps {
  values: string[];
  onChange: (values: string[]) => void;
  options: Choice[];
}

/** Several texts: Enter adds one. */
export function ListForm({ values, onChange, options }: ListFormProps) {
  const { t } = useTranslation();
  return (
    <TagsInput
      label={t("builder.values")}
      description={t("builder.enterAdds")}
      value={values}
      onChange={onChange}
      acceptValueOnBlur
      data={options.map((one) => one.value)}
      comboboxProps={{ withinPortal: false }}
    />
  );
}

type WindowKind = "anytime" | "less_than" | "exactly" | "more_than" | "between";
const KINDS: WindowKind[] = ["less_than", "anytime", "between", "more_than", "exactly"];

const kindOf = (window: Window): WindowKind =>
  window.kind === "ago" ? (window.operator ?? "less_than") : window.kind;

/** When something happened: ever, in the last so many days, between two days. */
export function WindowForm({ window, onChange }: { window: Window; onChange: (window: Window) => void }) {
  const { t } = useTranslation();
  const kind = kindOf(window);
  const { amount, unit } = window.kind === "ago" ? window : ({ amount: 30, unit: "days" } as const);
  const choose = (next: WindowKind) => {
    if (next === "anytime") onChange({ kind: "anytime" });
    else if (next === "between") onChange({ kind: "between", since: null, until: null });
    else onChange({ kind: "ago", amount, unit, operator: next });
  };
  return (
    <>
      <NativeSelect
        label={t("builder.when")}
        value={kind}
        onChange={(event) => choose(event.currentTarget.value as WindowKind)}
        data={KINDS.map((one) => ({ value: one, label: t(`builder.windows.${one}`) }))}
      />
      {window.kind === "ago" && (
        <Amount
          amount={amount}
          unit={unit}
          onAmount={(next) => onChange({ ...window, amount: next })}
          onUnit={(next) => onChange({ ...window, unit: next })}
        />
      )}
      {window.kind === "between" && (
        <div className={css.two}>
          {(["since", "until"] as const).map((side) => (
            <TextInput
              key={side}
              type="date"
              label={t(`builder.${side}`)}
              value={window[side]?.slice(0, 10) ?? ""}
              onChange={(event) => onChange({ ...window, [side]: event.currentTarget.value || null })}
            />
          ))}
        </div>
      )}
    </>
  );
}
