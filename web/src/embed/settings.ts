import { localeOf, Speech, type Texts } from "./texts";

/** What a shop says in the tag of the script. */
export interface Settings {
  /** Publishable: it may stand in the page's source. */
  readonly key: string;
  /** The address of Vitrine, with a slash at its end. */
  readonly server: string;
  /** Selects the search fields that get a camera button; empty for none. */
  readonly fields: string;
  readonly theme: string;
  readonly samples: readonly string[];
  /** Whether what shoppers do may be counted by visit. */
  readonly visits: boolean;
  readonly locale: string | undefined;
  readonly texts: Texts;
}

const SAMPLES = [1, 2, 3].map((number) => `vitrine/samples/${number}.webp`);

/**
 * Read them from the tag; throws where its texts are no JSON. On the storefront page, whose tag is
 * the same for every shop, the page's address says `key` and `lang`.
 */
export function readSettings(script: HTMLScriptElement): Settings {
  const { search = "", theme = "light", visit, texts, samples } = script.dataset;
  const asked = "storefront" in script.dataset ? fromAddress() : script.dataset;
  const { key = "", lang } = asked;
  const server = new URL(".", script.src).href;
  return {
    key,
    server,
    fields: search,
    theme,
    samples: addresses(samples, SAMPLES).map((one) => new URL(one, server).href),
    visits: visit !== "off" && !asksForNone(),
    locale: lang,
    texts: texts ? readTexts(texts) : {},
  };
}

/** How to speak at this place of the page. */
export function speechAt(element: Element, settings: Settings): Speech {
  return new Speech(settings.locale ?? localeOf(element), settings.texts);
}

function fromAddress(): { key?: string; lang?: string } {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** JSON, or `#id` of a data block that holds it. */
function readTexts(given: string): Texts {
  const json = given.startsWith("#") ? document.querySelector(given)?.textContent : given;
  return JSON.parse(json ?? "{}") as Texts;
}

function addresses(given: string | undefined, usual: readonly string[]): readonly string[] {
  if (given === undefined) return usual;
  return given === "none" ? [] : given.split(/\s+/).filter(Boolean);
}

function asksForNone(): boolean {
  const asked = navigator as { doNotTrack?: string | null; globalPrivacyControl?: boolean };
  return asked.doNotTrack === "1" || asked.globalPrivacyControl === true;
}
