import { describe, expect, test } from "vitest";
import type { ImportSettings } from "@/api/data";
import type { Field } from "@/api/people";
import { choiceOf, faultsOf, samplesOf, targetOf } from "./draft";

const born = { path: "birthDate", type: "date", format: null } as Field;
const email = { kind: "email" } as const;
const text = { kind: "attribute", path: "city", type: "text" } as const;

describe("a column's choice", () => {
  test.each([[email], [{ kind: "skip" as const }], [{ ...text, format: null }]])(
    "is read again as it was written: %j",
    (target) => {
      expect(targetOf(choiceOf(target), target, [])).toEqual(target);
    },
  );

  test("takes the type of the declared field, and keeps the form in which the file has its dates", () => {
    const before = { kind: "attribute", path: "nato", type: "date", format: "dd/MM/yyyy" } as const;
    expect(targetOf("attribute:birthDate", before, [born])).toEqual({
      kind: "attribute",
      path: "birthDate",
      type: "date",
      format: "dd/MM/yyyy",
    });
    expect(targetOf("attribute:birthDate", text, [born])).toMatchObject({ type: "date", format: null });
  });
});

describe("settings", () => {
  const settings = (part: Partial<ImportSettings>): ImportSettings => ({ targets: [email, text], ...part });
  const subscribing = [{ listId: "one", channel: "email" as const, status: "subscribed" as const }];

  test.each([
    [settings({}), []],
    [settings({ targets: [text] }), ["noIdentity"]],
    [settings({ targets: [email, email] }), ["twice"]],
    [settings({ targets: [email, { kind: "attribute", path: " " }] }), ["noPath"]],
    [settings({ subscribing }), ["noWording"]],
    [settings({ subscribing, wording: "Yes." }), []],
    [settings({ subscribing: [{ listId: "one", status: "unsubscribed" }] }), []],
    [settings({ evidence: { wording: "", saidAt: "2026-01-01T00:00:00Z" } }), ["noEvidence"]],
  ])("may have faults: %j", (given, faults) => {
    expect(faultsOf(given)).toEqual(faults);
  });
});

test("samples are different and not empty", () => {
  expect(samplesOf([["a"], [""], ["a"], ["b"], [" c "], ["d"], []], 0)).toEqual(["a", "b", "c"]);
});
