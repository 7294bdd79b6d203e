import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const languages = ["it", "en"] as const;
export type Language = (typeof languages)[number];

const packs: Record<Language, () => Promise<{ default: object }>> = {
  it: () => import("./it"),
  en: () => import("./en"),
};

const remembered = "percorso.language";

/** The language chosen before on this browser, else the browser's first that we speak, else English. */
export function preferredLanguage(): Language {
  const asked = [localStorage.getItem(remembered), ...navigator.languages];
  for (const one of asked) {
    const known = languages.find((language) => one?.toLowerCase().startsWith(language));
    if (known) return known;
  }
  return "en";
}

interface Texts {
  [key: string]: string | Texts;
}

/** Italian says "1 000 000 di …" in a third form, which our figures, written beside the noun, do not need. */
function withMany(texts: Texts): Texts {
  const all: Texts = {};
  for (const [key, text] of Object.entries(texts)) {
    all[key] = typeof text === "string" ? text : withMany(text);
    if (key.endsWith("_other")) all[key.replace(/_other$/, "_many")] ??= text;
  }
  return all;
}

/** Texts of `language` are loaded and shown; repeating it is harmless. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      resources: {},
      defaultNS: "texts",
      ns: ["texts"],
      fallbackLng: false,
      interpolation: { escapeValue: false },
      returnEmptyString: false,
      react: { useSuspense: false },
    });
  }
  if (!i18next.hasResourceBundle(language, "texts")) {
    const pack = await packs[language]();
    i18next.addResourceBundle(language, "texts", withMany(pack.default as Texts));
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  localStorage.setItem(remembered, language);
}

export { i18next };
