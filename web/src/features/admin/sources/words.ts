import { isFormat } from "@/api/formats";
import type { PullState, Source, SourceChange, SourcePull } from "@/api/types";
import type { Tone } from "@/components/Badge";

export const PULL_TONES: Readonly<Record<PullState, Tone>> = {
  queued: "accent",
  running: "accent",
  succeeded: "success",
  applied: "success",
  unchanged: "success",
  held: "warning",
  failed: "danger",
  cancelled: "plain",
};

/** What is told of a pull, in the order in which it is told. */
export const COUNTED = [
  "created",
  "updated",
  "unchanged",
  "restored",
  "back",
  "hidden",
  "refused",
] as const;

/** What became of products, as far as any did. */
export function counted(pull: SourcePull): { what: (typeof COUNTED)[number]; count: number }[] {
  return COUNTED.map((what) => ({ what, count: pull.counts[what] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
}

/** Where a source is, as far as it may be shown. */
export function placeOf({ url, folder, secret }: Source): string {
  return url ? `${url}${secret ? " …" : ""}` : folder;
}

/** A source's form, as typed. */
export interface Typed {
  name: string;
  place: string;
  username: string;
  password: string;
  every: string;
  share: string;
  format: string;
  columns: string;
  currency: string;
  country: string;
  encoding: string;
}

/**
 * What the server is sent of it: an address or a folder, credentials where some were typed, and how
 * the file is read; null where a line of the columns says no field.
 */
export function sentOf(typed: Typed): (SourceChange & { name: string }) | null {
  const columns = columnsOf(typed.columns);
  if (columns === null) return null;
  return {
    name: typed.name.trim(),
    ...placed(typed.place.trim()),
    every_minutes: Number(typed.every),
    hides: Number(typed.share) / 100,
    ...(typed.password !== "" && {
      credentials: credentials(typed.username.trim(), typed.password),
    }),
    reading: {
      format: isFormat(typed.format) ? typed.format : "auto",
      columns,
      currency: typed.currency.trim(),
      country: typed.country.trim(),
      encoding: typed.encoding.trim(),
    },
  };
}

/** Columns as lines of a name, an equals sign, and what it becomes. */
export function linesOf(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, field]) => `${name} = ${field}`)
    .join("\n");
}

/** What the lines say; names may hold an equals sign, fields do not. */
function columnsOf(lines: string): Record<string, string> | null {
  const said = lines.split("\n").filter((line) => line.trim() !== "");
  const pairs = said.map((line) => /^(.*\S)\s*=([^=]*)$/.exec(line));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(
    pairs.map((pair) => [pair?.[1]?.trim() ?? "", pair?.[2]?.trim() ?? ""]),
  );
}

/** What has a scheme is an address; left empty, the place stays as it is. */
function placed(place: string): Pick<SourceChange, "url" | "folder"> {
  if (place === "") return {};
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
  return isAddress ? { url: place, folder: "" } : { url: "", folder: place };
}

function credentials(username: string, password: string) {
  return username === "" ? { token: password } : { username, password };
}
