// Prints how many bytes of script and style the first page needs, and how many the script of shops
// has, compressed; fails over a budget. Run after a build.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 200_000;
const EMBED_BUDGET = 40_000;
const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

/** A chunk and everything it imports at once. */
function closure(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, found);
  return found;
}

function size(file) {
  return gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length;
}

const first = new Set([...closure("index.html"), ...closure("src/features/search/Search.tsx")]);
// The texts that it fetches, in the language that has most to say.
const texts = Object.keys(manifest).filter((key) => /virtual:texts\/\w+\/first$/.test(key));
first.add(texts.sort((a, b) => size(manifest[b].file) - size(manifest[a].file))[0]);
const script = [...first].reduce((sum, key) => sum + size(manifest[key].file), 0);
const styles = new Set([...first].flatMap((key) => manifest[key].css ?? []));
const style = [...styles].reduce((sum, file) => sum + size(file), 0);
const embed = size("vitrine.js");
console.log(JSON.stringify({ first_load_script_gzip: script, style_gzip: style, budget: BUDGET }));
console.log(JSON.stringify({ embed_script_gzip: embed, budget: EMBED_BUDGET }));
if (script > BUDGET) {
  console.error(`The first page needs ${script} bytes of script, over ${BUDGET}.`);
  process.exitCode = 1;
}
if (embed > EMBED_BUDGET) {
  console.error(`The script of shops has ${embed} bytes, over ${EMBED_BUDGET}.`);
  process.exitCode = 1;
}
