import type { Test } from "@/api/graph";
import { testSentence } from "@/graph/conditions";
import type { Part } from "@/lib/sentence";
import { fieldName } from "@/lib/vocabulary";
import { type KnownField, useTongue } from "./known";
import { newTest, OPERATORS, operatorName, type ValueType, withOperator } from "./operators";
import { Pick } from "./pick";
import { Sentence } from "./sentence";
import { Value } from "./values";

interface TestLeafProps {
  leaf: Test;
  fields: KnownField[];
  onChange: (leaf: Test) => void;
}

/** The words between the slots say the operator: the first of them opens the choice of another. */
function withOperatorSlot(parts: Part[]): Part[] {
  const at = parts.findIndex((part) => !part.slot && part.text.trim() !== "");
  return parts.flatMap((part, index) => {
    if (index !== at) return [part];
    const [before = "", after = ""] = [/^\s*/, /\s*$/].map((space) => part.text.match(space)?.[0]);
    return [{ text: before }, { text: part.text.trim(), slot: "operator" }, { text: after }];
  });
}

/** A test of one value: which, how it is compared, with what. */
export function TestLeaf({ leaf, fields, onChange }: TestLeafProps) {
  const tongue = useTongue();
  const { t } = tongue;
  const field = fields.find((one) => one.value === leaf.path);
  const own: ValueType = leaf.type === "any" ? (field?.type ?? "any") : leaf.type;
  const types: ValueType[] = own === "any" ? ["any"] : [own, "any"];
  const kinds = OPERATORS[leaf.type][leaf.operator] ?? [];
  const shown = withOperatorSlot(testSentence(leaf, tongue));
  const operator = shown.find((part) => part.slot === "operator")?.text ?? leaf.operator;
  const value = (index: number) => {
    const kind = kinds[index];
    return (
      kind && (
        <Value
          key={`${leaf.type}.${leaf.operator}.${leaf.path}.${index}`}
          kind={kind}
          operand={leaf.operands?.[index]}
          field={field}
          test={leaf}
          onChange={(operand) =>
            onChange({
              ...leaf,
              operands: (leaf.operands ?? []).map((one, at) => (at === index ? operand : one)),
            })
          }
          onUnit={(unit) => onChange({ ...leaf, unit })}
        />
      )
    );
  };
  const slots = {
    field: (
      <Pick
        look="field"
        label={t("builder.field")}
        value={leaf.path}
        shown={field?.label.toLocaleLowerCase() ?? fieldName(t, leaf.path)}
        options={fields}
        onPick={(path) => {
          const next = fields.find((one) => one.value === path);
          if (next) onChange(newTest(leaf.source, path, next.type, next.format));
        }}
      />
    ),
    operator: (
      <Pick
        look="words"
        label={t("builder.operator")}
        value={`${leaf.type}.${leaf.operator}`}
        shown={operator}
        options={types.flatMap((type) =>
          Object.keys(OPERATORS[type]).map((one) => ({
            value: `${type}.${one}`,
            label: operatorName(type, one, tongue),
          })),
        )}
        onPick={(picked) => {
          const [type, one] = picked.split(".") as [ValueType, string];
          onChange(withOperator({ ...leaf, format: leaf.format ?? field?.format }, type, one));
        }}
      />
    ),
    value: value(0),
    span: value(0),
    other: value(1),
  };
  return <Sentence parts={shown} slots={slots} />;
}
