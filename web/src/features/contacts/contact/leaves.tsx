import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import type { ConsentLeaf } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Section } from "@/ui/section";
import type { Asked } from "./choice-dialog";
import css from "./leaves.module.css";

/** How a leaf stands, in one word: what was objected to or limited counts as a refusal. */
function standingOf(leaf: ConsentLeaf): "silent" | "yes" | "limited" | "objected" | "no" {
  if (leaf.status === null || leaf.status === undefined) return "silent";
  if (leaf.objection) return "objected";
  if (leaf.limitation) return "limited";
  return leaf.status ? "yes" : "no";
}

interface LeavesProps {
  leaves: ConsentLeaf[];
  onAsk: (asked: Asked) => void;
}

/** The leaves of the consent tree: those spoken of first, the others as what could be. */
export function Leaves({ leaves, onAsk }: LeavesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const spoken = leaves.toSorted(
    (a, b) => Number(standingOf(a) === "silent") - Number(standingOf(b) === "silent"),
  );
  return (
    <Section title={t("consents.leaves")}>
      <p className={css.words}>{t("consents.leavesWords")}</p>
      <ul className={css.leaves}>
        {spoken.map((leaf) => {
          const standing = standingOf(leaf);
          const name = t(`leaves.${leaf.leaf.replaceAll(".", "_")}`, { defaultValue: leaf.leaf });
          return (
            <li key={leaf.leaf} className={css.leaf} data-standing={standing}>
              <span className={css.name}>{name}</span>
              <span className={css.standing}>
                {t(`consents.standing.${standing}`)}
                {leaf.changedAt && ` · ${format.date(leaf.changedAt)}`}
              </span>
              {may("contacts.write") && (
                <button
                  type="button"
                  className={css.change}
                  aria-label={t("consents.changeLeaf", { leaf: name })}
                  onClick={() => onAsk({ kind: "leaf", leaf: leaf.leaf, name })}
                >
                  {t("common.change")}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
