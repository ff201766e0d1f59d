import de from "./de.json";
import en from "./en.json";
import ja from "./ja.json";

type Plural = "zero" | "one" | "two" | "few" | "many" | "other";
type Stem<Key> = Key extends `${infer Name}_${Plural}` ? Name : Key;

/** The name of a text, without the ending of its plural form. */
export type TextName = Stem<keyof typeof en>;
export type Texts = Readonly<Record<string, string>>;
type Blanks = Readonly<Record<string, string | number>>;

const LANGUAGES: Readonly<Record<string, Texts>> = { en, de, ja };

/** How a shop's page speaks: the texts of its language, with the shop's own words over them. */
export class Speech {
  readonly #texts: Texts;
  readonly #plural: Intl.PluralRules;

  /** The language of the texts, one of those there are. */
  readonly language: string;

  constructor(
    /** As the page has it, "de-AT": numbers and prices follow it. */
    readonly locale: string,
    own: Texts = {},
  ) {
    this.language = languageOf(locale);
    this.#texts = { ...en, ...LANGUAGES[this.language], ...own };
    this.#plural = new Intl.PluralRules(this.language);
  }

  /** The text with its blanks filled; `count` chooses the plural form. */
  say(name: TextName, blanks: Blanks = {}): string {
    const { count } = blanks;
    const form = typeof count === "number" ? `${name}_${this.#plural.select(count)}` : name;
    const text = this.#texts[form] ?? this.#texts[`${name}_other`] ?? this.#texts[name] ?? name;
    return text.replace(/\{(\w+)\}/g, (_, blank: string) => {
      const value = blanks[blank] ?? "";
      return typeof value === "number" ? value.toLocaleString(this.locale) : value;
    });
  }

  /** A price in its own currency, as the page's language writes it. */
  price(amount: string | number, currency: string | null): string {
    const style: Intl.NumberFormatOptions = currency
      ? { style: "currency", currency }
      : { minimumFractionDigits: 2 };
    return new Intl.NumberFormat(this.locale, style).format(Number(amount));
  }
}

/** The locale of an element of the page: what `lang` says around it, else the browser's. */
export function localeOf(element: Element): string {
  const told = element.closest("[lang]")?.getAttribute("lang") ?? "";
  try {
    return Intl.getCanonicalLocales(told)[0] ?? navigator.language;
  } catch {
    return navigator.language;
  }
}

function languageOf(locale: string): string {
  const language = locale.slice(0, 2).toLowerCase();
  return language in LANGUAGES ? language : "en";
}
