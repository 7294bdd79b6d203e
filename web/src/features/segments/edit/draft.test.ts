import { expect, test } from "vitest";
import type { Condition, Leaf } from "@/api/graph";
import {
  addNode,
  countLeaves,
  duplicateNode,
  groupNode,
  leafNode,
  removeNode,
  replaceNode,
  toCondition,
  toDraft,
} from "./draft";

const phone: Leaf = { kind: "identity", identity: "phone" };
const email: Leaf = { kind: "identity", identity: "email" };
const order: Leaf = { kind: "happened", pattern: { events: ["completedOrder"] } };

test.each<Condition>([
  { kind: "and", conditions: [phone, { kind: "or", conditions: [email, order] }] },
  {
    kind: "or",
    conditions: [{ kind: "not", condition: { kind: "and", conditions: [phone, email] } }, order],
  },
  { kind: "not", condition: order },
  phone,
])("a condition is the same after it was opened and not touched: %j", (condition) => {
  expect(toCondition(toDraft(condition))).toEqual(condition);
});

test("two nots are none, and groups with nothing in them ask nothing", () => {
  expect(toCondition(toDraft({ kind: "not", condition: { kind: "not", condition: phone } }))).toEqual(phone);
  expect(toCondition(groupNode([groupNode(), groupNode([groupNode()])]))).toBeNull();
  expect(toCondition(toDraft(null))).toBeNull();
});

test("nodes are added, copied with new ids, replaced and removed wherever they stand", () => {
  const inner = groupNode([leafNode(email)], "or");
  let root = groupNode([leafNode(phone), inner]);
  root = addNode(root, inner.id, leafNode(order));
  root = addNode(root, root.id, leafNode(email));
  expect(countLeaves(root)).toBe(4);
  root = duplicateNode(root, inner.id);
  const [, first, second] = root.children;
  expect(second).toMatchObject({ kind: "group", word: "or" });
  expect(second?.id).not.toBe(first?.id);
  const ids = new Set(JSON.stringify(root).match(/"n\d+"/g));
  expect(ids.size).toBe(9);
  root = removeNode(root, inner.id);
  expect(root.children.map((one) => one.id)).not.toContain(inner.id);
  const [leaf] = root.children;
  root = replaceNode(root, { ...leaf, not: true } as never);
  expect(toCondition(root)).toMatchObject({
    kind: "and",
    conditions: [{ kind: "not", condition: phone }, { kind: "or" }, email],
  });
});
