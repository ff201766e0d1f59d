import type { Tone } from "@/components/Badge";

export const STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type JobStatus = (typeof STATUSES)[number];

export const KINDS = [
  "import",
  "index",
  "publish",
  "reindex",
  "filter_crops",
  "select_primary",
  "thumbnails",
  "search",
  "purge",
  "reconcile",
] as const;
export type JobKind = (typeof KINDS)[number];

export const STAGES = [
  "wait",
  "read",
  "detect",
  "prepare",
  "embed",
  "judge",
  "label",
  "other",
] as const;

export const TONES: Readonly<Record<JobStatus, Tone>> = {
  queued: "plain",
  running: "accent",
  succeeded: "success",
  failed: "danger",
  cancelled: "plain",
};

/** A member of a list of known words, undefined for one this page does not know yet. */
export function known<Word extends string>(words: readonly Word[], word: string): Word | undefined {
  return words.find((each) => each === word);
}

/** A technical name as words: `images_without_bytes` to "images without bytes". */
export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

type Hint = "retry" | "photo" | "gone" | "file" | "service" | "log";

/** What to do about a job that failed with this code. */
export function hintOf(code: string): Hint {
  if (code.startsWith("image_")) return "photo";
  if (code === "product_unknown") return "gone";
  if (/^(row|file|xml|manifest|import|zip|csv)_/.test(code)) return "file";
  if (code === "internal") return "log";
  if (/_(unavailable|slow|failed)$/.test(code)) return "service";
  return "retry";
}
