import type { PullState, Source, SourceChange, SourcePull } from "@/api/types";
import type { Tone } from "@/components/Badge";

export const PULL_TONES: Readonly<Record<PullState, Tone>> = {
  queued: "accent",
  running: "accent",
  succeeded: "success",
  applied: "success",
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
}

/** What the server is sent of it: an address or a folder, and credentials where some were typed. */
export function sentOf(typed: Typed): SourceChange & { name: string } {
  return {
    name: typed.name.trim(),
    ...placed(typed.place.trim()),
    every_minutes: Number(typed.every),
    hides: Number(typed.share) / 100,
    ...(typed.password !== "" && {
      credentials: credentials(typed.username.trim(), typed.password),
    }),
  };
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
