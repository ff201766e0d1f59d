import { expect, test } from "vitest";

import de from "./de.json";
import en from "./en.json";
import { Speech, type Texts } from "./index";
import ja from "./ja.json";

const PLURAL = /_(zero|one|two|few|many|other)$/;

const stems = (texts: Texts) =>
  [...new Set(Object.keys(texts).map((name) => name.replace(PLURAL, "")))].sort();

const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test.each([
  ["de", de],
  ["ja", ja],
])("%s says all that English says, with the same blanks", (_, texts: Texts) => {
  expect(stems(texts)).toEqual(stems(en));
  const english: Texts = en;
  for (const [name, text] of Object.entries(texts)) {
    const model = english[name] ?? english[name.replace(PLURAL, "_other")] ?? "";
    expect([name, blanks(text)]).toEqual([name, blanks(model)]);
  }
});

test("the page's locale decides words, plural forms, numbers and prices", () => {
  expect(new Speech("en-GB").say("found", { count: 1 })).toBe("1 match");
  expect(new Speech("de-DE").say("found", { count: 12345 })).toBe("12.345 Treffer");
  expect(new Speech("ja").say("found", { count: 1 })).toBe("1件の一致");
  expect(new Speech("de-DE").price("59.9", "EUR")).toBe("59,90\u00a0€");
  expect(new Speech("ja").price("5900", "JPY")).toBe("￥5,900");
  expect(new Speech("en").price("5", "")).toBe("5.00");
});

test("a language there is no file for speaks English, with its own numbers", () => {
  const speech = new Speech("fr-FR");
  expect([speech.language, speech.say("more")]).toEqual(["en", "Show more"]);
  expect(speech.price("5", "EUR")).toBe("5,00\u00a0€");
});

test("a shop's own words stand over ours", () => {
  const speech = new Speech("de", {
    similar: "Passt auch",
    found_one: "Eins",
    found_other: "Viele",
  });
  expect(speech.say("similar")).toBe("Passt auch");
  expect(speech.say("found", { count: 3 })).toBe("Viele");
  expect(speech.say("look")).toBe("Den Look kaufen");
});
