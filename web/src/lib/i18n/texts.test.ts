import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "./en";
import it from "./it";

type Texts = { [key: string]: string | Texts };

const flat = (texts: Texts, prefix = ""): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
const italian = new Map(flat(it as Texts));
const english = new Map(flat(en as Texts));
const slotsOf = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["testing"].includes(entry.name) ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}
const code = sources(join(import.meta.dirname, "../.."));

test("Italian and English have the same texts", () => {
  expect([...italian.keys()].toSorted()).toEqual([...english.keys()].toSorted());
});

test("a text has the same slots in both languages", () => {
  const differ = [...italian].filter(
    ([key, text]) => `${slotsOf(text)}` !== `${slotsOf(english.get(key) ?? "")}`,
  );
  expect(differ).toEqual([]);
});

test("no text is empty", () => {
  expect([...italian, ...english].filter(([, text]) => text.trim() === "")).toEqual([]);
});

test("every key that the code names exists", () => {
  const named = code.flatMap((text) =>
    [...text.matchAll(/\bt\(\s*"([\w.]+)"/g)].map(([, key]) => key as string),
  );
  const sentences = code.flatMap((text) =>
    [...text.matchAll(/sentence\(\s*(?:tongue\.)?t,\s*"([\w.]+)"/g)].map(([, key]) => key as string),
  );
  const known = (key: string) => italian.has(key) || italian.has(`${key}_other`);
  expect(named.length).toBeGreaterThan(100);
  expect([...named, ...sentences].filter((key) => !known(key))).toEqual([]);
});

test("every text is asked for somewhere", () => {
  const all = code.join("\n");
  // Keys put together at run time are known by their beginning.
  const beginnings = [...all.matchAll(/`([\w.]*[a-zA-Z_]\.)\$\{/g)].map(
    ([, beginning]) => beginning as string,
  );
  const unused = [...italian.keys()]
    .map((key) => key.replace(/_(one|other)$/, ""))
    .filter((key) => !all.includes(`"${key}"`))
    .filter((key) => !beginnings.some((beginning) => key.startsWith(beginning)));
  expect(unused).toEqual([]);
});
