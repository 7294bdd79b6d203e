import { expect, test } from "vitest";
import { reasonOf } from "./reason";

test.each([
  ["paused", "550 5.7.1 Blocked", "policy"],
  ["waiting", "421 4.7.28 Unusual amount of mail", "slower"],
  ["waiting", "450 4.2.1 Too many messages", "slower"],
  ["waiting", "451 4.3.0 Try again later", "later"],
  ["waiting", "Connection refused", "unreachable"],
] as const)("why a domain waits is read of its answer: %s, %s", (state, reply, reason) => {
  expect(reasonOf({ state, reply })).toBe(reason);
});
