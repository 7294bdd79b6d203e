import type { TFunction } from "i18next";
import type { Tongue } from "@/graph/conditions";
import { makeFormatter } from "@/lib/format";
import { i18next, type Language, speak } from "@/lib/i18n";

/** The texts and formats of a language, for tests of what is said. */
export async function tongueOf(language: Language): Promise<Tongue> {
  await speak(language);
  const t = i18next.getFixedT(language) as TFunction;
  return { t, format: makeFormatter({ language, timeZone: "Europe/Rome", currency: "EUR" }) };
}
