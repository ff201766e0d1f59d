import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

const FOLDER = new URL("../src/texts/", import.meta.url).pathname;
const TABLE = "virtual:texts";

/** What the first page says, and what any page may say: one part. Every other noun is one of its own. */
export const FIRST: readonly string[] = ["app", "common", "state", "search"];

type Texts = Record<string, object>;

/** `virtual:texts` has, by language and part, how its texts are fetched: a page fetches what it says. */
export function texts(): Plugin {
  return {
    name: "texts",
    resolveId: (id) => (id.startsWith(TABLE) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${TABLE}`)) return undefined;
      const [, language, part] = id.split("/");
      if (language === undefined || part === undefined) return table();
      this.addWatchFile(fileOf(language));
      return `export default ${JSON.stringify(parts(language)[part])};`;
    },
  };
}

function table(): string {
  const languages = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replace(".json", ""));
  const fetchers = languages.map((language) => {
    const each = Object.keys(parts(language)).map(
      (part) => `${part}: () => import("${TABLE}/${language}/${part}")`,
    );
    return `${language}: { ${each.join(", ")} }`;
  });
  return `export const fetchers = { ${fetchers.join(", ")} };`;
}

/** The texts of a language by part. */
function parts(language: string): Record<string, Texts> {
  const all = JSON.parse(readFileSync(fileOf(language), "utf8")) as Texts;
  const made: Record<string, Texts> = { first: {} };
  for (const [noun, said] of Object.entries(all)) {
    const part = FIRST.includes(noun) ? "first" : noun;
    made[part] = { ...made[part], [noun]: said };
  }
  return made;
}

function fileOf(language: string): string {
  return `${FOLDER}${language}.json`;
}
