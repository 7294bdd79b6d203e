import { describe, expect, test } from "vitest";
import type { Field } from "@/api/people";
import { orderColumns, readColumns, writeColumns } from "./columns";

const fields = ["gender", "address.city"].map((path) => ({ path })) as Field[];

describe("columns", () => {
  test("of a first visit need no word in the address", () => {
    expect(readColumns(undefined)).toEqual(["email", "phone", "created", "last"]);
    expect(writeColumns(readColumns(undefined))).toBeUndefined();
  });

  test("of an address are each there once, and what was written is read again", () => {
    expect(readColumns("email,address.city,email,")).toEqual(["email", "address.city"]);
    expect(readColumns(writeColumns(["address.city", "gender"]))).toEqual(["address.city", "gender"]);
    expect(readColumns(writeColumns([]) ?? "none")).toEqual([]);
  });

  test("stand in the order in which they are offered; strangers last", () => {
    expect(orderColumns(["last", "odd", "address.city", "email", "gender"], fields)).toEqual([
      "email",
      "gender",
      "address.city",
      "last",
      "odd",
    ]);
  });
});
