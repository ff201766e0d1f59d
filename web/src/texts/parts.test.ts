import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

import { FIRST } from "../../scripts/texts";
import en from "./en.json";

const SRC = new URL("../", import.meta.url).pathname;

/** The files that `file` needs, directly or not; of features only its own. */
function needed(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, given = ""] of read(file).matchAll(/(?:from|import\()\s*"((?:@|\.)[^"]+)"/g)) {
    const base = given.startsWith("@/") ? join(SRC, given.slice(2)) : join(dirname(file), given);
    const there = [`${base}.ts`, `${base}.tsx`, join(base, "index.ts")].find((one) =>
      existsSync(one),
    );
    if (there && !isFeature(there)) needed(there, found);
  }
  return found;
}

/** What only the app imports: screens that fetch their texts themselves. */
function isFeature(file: string): boolean {
  return /\/features\/\w+\/index\.ts$/.test(file);
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

/** The nouns of the texts that these files say. */
function said(files: Iterable<string>): string[] {
  const names = [...files].flatMap((file) => [...read(file).matchAll(/["`]([a-z]+)\.(\w+)/g)]);
  const nouns = names.flatMap(([, noun = "", name = ""]) => (isSaid(noun, name) ? [noun] : []));
  return [...new Set(nouns)].filter((noun) => !FIRST.includes(noun)).sort();
}

function isSaid(noun: string, name: string): boolean {
  return Object.keys(Object.entries(en).find(([each]) => each === noun)?.[1] ?? {}).includes(name);
}

function screens(feature: string): [file: string, parts: string[]][] {
  const index = read(join(SRC, "features", feature, "index.ts"));
  return [...index.matchAll(/lazyRouteComponent\(([^;]*)\);/g)].map(([, call = ""]) => [
    join(SRC, "features", feature, `${/import\("\.\/([^"]+)"\)/.exec(call)?.[1] ?? ""}.tsx`),
    [...(/\[([^\]]*)\]/.exec(call)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, part = ""]) => part),
  ]);
}

test.each(readdirSync(join(SRC, "features")))(
  "the screens of %s fetch the texts that they say",
  (feature) => {
    const all = screens(feature);
    expect(all).not.toEqual([]);
    for (const [file, parts] of all) {
      const missing = said(needed(file)).filter((noun) => !parts.includes(noun));
      expect([file, missing]).toEqual([file, []]);
    }
  },
);

test("the frame says nothing but what is fetched first", () => {
  expect(said(needed(join(SRC, "app/main.tsx")))).toEqual([]);
});
