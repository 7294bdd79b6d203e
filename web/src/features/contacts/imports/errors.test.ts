import { beforeEach, expect, test } from "vitest";
import { i18next, speak } from "@/lib/i18n";
import { errorText } from "./errors";

beforeEach(() => speak("it"));

test.each([
  ["names_erased", /nominava una persona/],
  ["erased_meanwhile", /Mentre il file arrivava/],
  ["our_fault", /^Un guasto ha interrotto/],
])("what ended an import is said in a sentence, never by the name of a fault: %s", (error, said) => {
  expect(errorText(i18next.t, error)).toMatch(said);
});
