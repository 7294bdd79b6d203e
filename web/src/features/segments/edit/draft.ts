import type { Condition, Leaf } from "@/api/graph";

/** A condition while it is being written: every node can be named, and says itself whether it is turned round. */
export interface LeafNode {
  id: string;
  kind: "leaf";
  not: boolean;
  leaf: Leaf;
}

export interface GroupNode {
  id: string;
  kind: "group";
  not: boolean;
  word: "and" | "or";
  children: DraftNode[];
}

export type DraftNode = LeafNode | GroupNode;

let count = 0;
const newId = (): string => {
  count += 1;
  return `n${count}`;
};

export const leafNode = (leaf: Leaf, not = false): LeafNode => ({ id: newId(), kind: "leaf", not, leaf });
export const groupNode = (
  children: DraftNode[] = [],
  word: "and" | "or" = "and",
  not = false,
): GroupNode => ({
  id: newId(),
  kind: "group",
  not,
  word,
  children,
});

function toNode(condition: Condition, not = false): DraftNode {
  if (condition.kind === "not") return toNode(condition.condition, !not);
  if (condition.kind === "and" || condition.kind === "or") {
    return groupNode(
      (condition.conditions ?? []).map((one) => toNode(one)),
      condition.kind,
      not,
    );
  }
  return leafNode(condition, not);
}

/** The condition as a group to edit; what is no group becomes the only one in it. */
export function toDraft(condition: Condition | null | undefined): GroupNode {
  if (!condition) return groupNode();
  const node = toNode(condition);
  return node.kind === "group" && !node.not ? node : groupNode([node]);
}

const turned = (condition: Condition, not: boolean): Condition =>
  not ? { kind: "not", condition } : condition;

/** The draft as a condition; groups with nothing in them are left out, as they ask nothing. */
export function toCondition(node: DraftNode): Condition | null {
  if (node.kind === "leaf") return turned(node.leaf, node.not);
  const conditions = node.children.map(toCondition).filter((one) => one !== null);
  if (conditions.length === 0) return null;
  const [only] = conditions;
  if (conditions.length === 1 && only) return turned(only, node.not);
  return turned({ kind: node.word, conditions }, node.not);
}

/** How many leaves there are, those within leaves not counted. */
export const countLeaves = (node: DraftNode): number =>
  node.kind === "leaf" ? 1 : node.children.reduce((sum, one) => sum + countLeaves(one), 0);

type Change = (node: DraftNode) => DraftNode[];

function mapped(group: GroupNode, id: string, change: Change): GroupNode {
  return {
    ...group,
    children: group.children.flatMap((one) =>
      one.id === id ? change(one) : one.kind === "group" ? [mapped(one, id, change)] : [one],
    ),
  };
}

/** The tree with this node in the place of the one of the same id; the root included. */
export const replaceNode = (root: GroupNode, node: DraftNode): GroupNode =>
  root.id === node.id ? (node as GroupNode) : mapped(root, node.id, () => [node]);

export const removeNode = (root: GroupNode, id: string): GroupNode => mapped(root, id, () => []);

function copied(node: DraftNode): DraftNode {
  if (node.kind === "leaf") return { ...node, id: newId() };
  return { ...node, id: newId(), children: node.children.map(copied) };
}

/** The tree with a copy of the node right after it. */
export const duplicateNode = (root: GroupNode, id: string): GroupNode =>
  mapped(root, id, (node) => [node, copied(node)]);

export function addNode(root: GroupNode, groupId: string, node: DraftNode): GroupNode {
  if (root.id === groupId) return { ...root, children: [...root.children, node] };
  return mapped(root, groupId, (group) =>
    group.kind === "group" ? [{ ...group, children: [...group.children, node] }] : [group],
  );
}
