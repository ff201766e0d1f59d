import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { fetchers } from "virtual:texts";

import type en from "./en.json";

/** The languages there is a file for, by their own names. */
export const LANGUAGES = { en: "English", de: "Deutsch", ja: "日本語" } as const;
export type Language = keyof typeof LANGUAGES;

/** What of the texts is fetched at once: those of the first page, or those of one noun. */
export type Part = "first" | Exclude<keyof typeof en, "app" | "common" | "state" | "search">;

const KEY = "vitrine.language";
const wanted = new Set<Part>(["first"]);

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

/** Make the first page's texts ready in the reader's language. */
export async function startTexts(): Promise<void> {
  const language = preferred(localStorage.getItem(KEY), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false, // every language says all; a test holds them to it
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    partialBundledLanguages: true,
    saveMissing: true,
    missingKeyHandler: (_, __, key, said) => {
      // A text with another one for want of it is not missing.
      if (said === key) console.error(`There is no text ${key}, or its part was not fetched.`);
    },
  });
  await setLanguage(language);
}

/** Show everything in `language` from now on, and remember it. */
export async function setLanguage(language: Language, remember = false): Promise<void> {
  await Promise.all([...wanted].map((part) => add(language, part)));
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  if (remember) localStorage.setItem(KEY, language);
}

/** What `fetch` fetches, once the texts of these parts are there too. */
export function withTexts<Fetched>(parts: readonly Part[], fetch: () => Promise<Fetched>) {
  return async (): Promise<Fetched> => {
    for (const part of parts) wanted.add(part);
    const language = i18next.language as Language;
    const [fetched] = await Promise.all([fetch(), ...parts.map((part) => add(language, part))]);
    return fetched;
  };
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

async function add(language: Language, part: Part): Promise<void> {
  const fetched = await fetchers[language]?.[part]?.();
  if (fetched) i18next.addResourceBundle(language, "translation", fetched.default, true);
}
