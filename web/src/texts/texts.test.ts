import { expect, test } from "vitest";

import de from "./de.json";
import en from "./en.json";
import { preferred } from "./index";
import ja from "./ja.json";

type Texts = { readonly [name: string]: string | Texts };

function leaves(texts: Texts, path = ""): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([name, value]) => {
      const here = path ? `${path}.${name}` : name;
      return typeof value === "string" ? [[here, value] as const] : [...leaves(value, here)];
    }),
  );
}

// Plural forms are a language's own affair: `_one` and `_other` count as one text.
function names(texts: Texts): string[] {
  return [...new Set([...leaves(texts).keys()].map((name) => name.replace(PLURAL, "")))].sort();
}

const PLURAL = /_(zero|one|two|few|many|other)$/;

function blanks(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map((found) => found[1] ?? "").sort();
}

test.each([
  ["de", de],
  ["ja", ja],
])("%s says all that English says, with the same blanks", (_, texts: Texts) => {
  expect(names(texts)).toEqual(names(en));
  const english = leaves(en);
  for (const [name, text] of leaves(texts)) {
    const model = english.get(name) ?? english.get(name.replace(PLURAL, "_other"));
    expect([name, blanks(text)]).toEqual([name, blanks(model ?? "")]);
  }
});

test("the first language of ours that the reader wants is taken", () => {
  expect(preferred(null, ["fr-FR", "de-AT", "en"])).toBe("de");
  expect(preferred("ja", ["de"])).toBe("ja");
  expect(preferred("xx", ["pt"])).toBe("en");
});
