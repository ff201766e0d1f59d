import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import en from "./en.json";

/** The languages there is a file for, by their own names. */
export const LANGUAGES = { en: "English", de: "Deutsch", ja: "日本語" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "vitrine.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

/** Make texts ready in the reader's language; English is there at once, others are fetched. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
    partialBundledLanguages: true,
  });
  await setLanguage(preferred(localStorage.getItem(KEY), navigator.languages));
}

/** Show everything in `language` from now on, and remember it. */
export async function setLanguage(language: Language, remember = false): Promise<void> {
  if (language === "de") add(language, (await import("./de.json")).default);
  if (language === "ja") add(language, (await import("./ja.json")).default);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  if (remember) localStorage.setItem(KEY, language);
}

/** The first language of ours among those a reader wants, the one chosen before going first. */
export function preferred(chosen: string | null, wanted: readonly string[]): Language {
  for (const tag of [...(chosen ? [chosen] : []), ...wanted]) {
    const language = tag.slice(0, 2).toLowerCase();
    if (isLanguage(language)) return language;
  }
  return "en";
}

export function isLanguage(name: string): name is Language {
  return Object.hasOwn(LANGUAGES, name);
}

function add(language: Language, texts: object): void {
  i18next.addResourceBundle(language, "translation", texts);
}
