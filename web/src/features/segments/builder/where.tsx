import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Condition, Pattern } from "@/api/graph";
import { IconPlus } from "@/ui/icons";
import { type GroupNode, toCondition, toDraft } from "../edit/draft";
import { useProperties } from "./known";
import { newTest } from "./operators";
import { Tree } from "./tree";
import css from "./tree.module.css";

interface WhereProps {
  pattern: Pattern;
  onChange: (pattern: Pattern) => void;
  /** Which of two patterns this is about. */
  label?: "first" | "second";
  /** It always stands there, as without it nothing is asked. */
  open?: boolean;
}

/** What the properties of an event must be: tests of their own, under the sentence of the event. */
export function Where({ pattern, onChange, label, open }: WhereProps) {
  const { t } = useTranslation();
  const properties = useProperties(pattern.events);
  const [draft, setDraft] = useState<GroupNode>(() => toDraft(pattern.where));
  const change = (next: GroupNode) => {
    setDraft(next);
    const where: Condition | null = toCondition(next);
    const { where: _, ...bare } = pattern;
    onChange(where ? { ...bare, where } : bare);
  };
  if (draft.children.length === 0 && !open) {
    const [first] = properties;
    if (!first) return null;
    return (
      <div>
        <button
          type="button"
          className={css.whereAdd}
          onClick={() => change(toDraft(newTest("event", first.value, first.type)))}
        >
          <IconPlus size={13} stroke={2} aria-hidden />
          {t(label ? `builder.whereOf.${label}` : "builder.where")}
        </button>
      </div>
    );
  }
  return (
    <div className={css.where}>
      <div className={css.whereHead}>{t(label ? `builder.withOf.${label}` : "builder.with")}</div>
      <Tree root={draft} onChange={change} source="event" fields={properties} />
    </div>
  );
}
