import { describe, expect, test } from "vitest";
import type { SeenField } from "@/api/people";
import { defaultOf, guessType, labelOf } from "./typing";

const seen = (types: Record<string, number>, samples: unknown[]): SeenField => ({
  path: "x",
  contacts: 3,
  types,
  samples,
});

describe("a field that was seen", () => {
  test.each([
    [seen({ text: 3 }, ["2026-03-18"]), "date"],
    [seen({ text: 3 }, ["2026-03-18T10:42:00Z"]), "date-time"],
    [seen({ text: 3 }, ["2026-03-18", "soon"]), "text"],
    [seen({ text: 2 }, ["https://example.com/a"]), "url"],
    [seen({ integer: 3, null: 9 }, [1, 2]), "integer"],
    [seen({ decimal: 3, integer: 1 }, [1.5]), "decimal"],
    [seen({ boolean: 3 }, [true]), "boolean"],
    [seen({ list: 1 }, []), "list"],
    [seen({ null: 4 }, []), "text"],
    [undefined, "text"],
  ])("is guessed to be of a type: %j", (field, type) => {
    expect(guessType(field)).toBe(type);
  });

  test("has a first label in words", () => {
    expect(labelOf("pets.favouriteDog_name")).toBe("Favourite dog name");
    expect(labelOf("")).toBe("");
  });
});

test.each([
  ["", "text", null],
  ["  ", "integer", null],
  ["3", "integer", 3],
  ["2,5", "decimal", 2.5],
  ["many", "integer", "many"],
  ["true", "boolean", true],
  ["false", "boolean", false],
  ["3", "text", "3"],
] as const)("the default %j of a %s is %j", (text, type, value) => {
  expect(defaultOf(text, type)).toBe(value);
});
