import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Leaf, Test } from "@/api/graph";
import { IconCopy, IconX } from "@/ui/icons";
import {
  addNode,
  type DraftNode,
  duplicateNode,
  type GroupNode,
  groupNode,
  leafNode,
  removeNode,
  replaceNode,
} from "../edit/draft";
import { AddMenu } from "./add-menu";
import type { KnownField } from "./known";
import { LeafEditor } from "./leaf-editor";
import css from "./tree.module.css";

interface TreeProps {
  root: GroupNode;
  onChange: (root: GroupNode) => void;
  /** Of an event only its own properties are asked. */
  source: Test["source"];
  fields: KnownField[];
}

/** A condition to be written: sentences joined by words, groups within groups. */
export function Tree({ root, onChange, source, fields }: TreeProps) {
  const box = useRef<HTMLDivElement>(null);
  const focusLater = (selector: string) =>
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(selector)?.focus());
  const add = (group: GroupNode, leaf: Leaf | "group") => {
    const node = leaf === "group" ? groupNode([], group.word === "and" ? "or" : "and") : leafNode(leaf);
    onChange(addNode(root, group.id, node));
    focusLater(`[data-node="${node.id}"] button`);
  };
  const remove = (id: string) => {
    onChange(removeNode(root, id));
    focusLater("[data-add]:last-of-type");
  };
  const shared = {
    source,
    fields,
    onAdd: add,
    onReplace: (node: DraftNode) => onChange(replaceNode(root, node)),
    onDuplicate: (id: string) => onChange(duplicateNode(root, id)),
    onRemove: remove,
  };
  return (
    <div ref={box} className={css.tree}>
      <Group group={root} isRoot {...shared} />
    </div>
  );
}

interface Shared {
  source: Test["source"];
  fields: KnownField[];
  onAdd: (group: GroupNode, leaf: Leaf | "group") => void;
  onReplace: (node: DraftNode) => void;
  onDuplicate: (id: string) => void;
  onRemove: (id: string) => void;
}

function Group({ group, isRoot, ...shared }: { group: GroupNode; isRoot?: boolean } & Shared) {
  const { t } = useTranslation();
  const turn = () => shared.onReplace({ ...group, word: group.word === "and" ? "or" : "and" });
  const isFirst = isRoot && shared.source === "attribute" && group.children.length === 0;
  return (
    <ul className={css.group} data-root={isRoot || undefined}>
      {group.children.map((node, index) => (
        <li key={node.id} className={css.item} data-node={node.id}>
          <div className={css.joiner}>
            {index > 0 && (
              <button
                type="button"
                className={css.word}
                onClick={turn}
                aria-label={t("builder.joined", { word: t(`conditions.${group.word}`) })}
                title={t("builder.turnJoiner")}
              >
                {t(`conditions.${group.word}`)}
              </button>
            )}
          </div>
          <Row node={node} {...shared} />
        </li>
      ))}
      <li className={css.last} data-empty={isFirst || undefined}>
        <AddMenu
          isFirst={isFirst}
          source={shared.source}
          fields={shared.fields}
          onAdd={(leaf) => shared.onAdd(group, leaf)}
        />
      </li>
    </ul>
  );
}

function Row({ node, ...shared }: { node: DraftNode } & Shared) {
  const { t } = useTranslation();
  return (
    <div className={css.row} data-kind={node.kind} data-not={node.not || undefined}>
      <div className={css.body}>
        {node.not && <NotButton node={node} onReplace={shared.onReplace} />}
        {node.kind === "leaf" ? (
          <LeafEditor
            leaf={node.leaf}
            fields={shared.fields}
            onChange={(leaf) => shared.onReplace({ ...node, leaf })}
          />
        ) : (
          <span className={css.quiet}>{t(`conditions.${node.word === "and" ? "all" : "any"}`)}</span>
        )}
        <span className={css.tools}>
          {!node.not && <NotButton node={node} onReplace={shared.onReplace} />}
          <button
            type="button"
            aria-label={t("builder.duplicate")}
            title={t("builder.duplicate")}
            onClick={() => shared.onDuplicate(node.id)}
          >
            <IconCopy size={15} stroke={1.7} aria-hidden />
          </button>
          <button
            type="button"
            aria-label={t("builder.remove")}
            title={t("builder.remove")}
            onClick={() => shared.onRemove(node.id)}
          >
            <IconX size={15} stroke={1.7} aria-hidden />
          </button>
        </span>
      </div>
      {node.kind === "group" && <Group group={node} {...shared} />}
    </div>
  );
}

function NotButton({ node, onReplace }: { node: DraftNode; onReplace: (node: DraftNode) => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={css.not}
      aria-pressed={node.not}
      title={t("builder.turnNot")}
      onClick={() => onReplace({ ...node, not: !node.not })}
    >
      {t("builder.not")}
    </button>
  );
}
