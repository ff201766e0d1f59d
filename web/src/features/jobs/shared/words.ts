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
  "label",
  "thumbnails",
  "search",
  "purge",
  "reconcile",
] as const;
export type JobKind = (typeof KINDS)[number];

export const STAGES = [
  "wait",
  "decode",
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

/** Error codes that there is advice for; others get the server's. */
export const HINTED = [
  "blob_unknown",
  "blobs_refused",
  "blobs_unavailable",
  "bucket_missing",
  "collection_dimension",
  "collection_unknown",
  "database_unavailable",
  "image_broken",
  "image_empty",
  "image_too_small",
  "internal",
  "item_unknown",
  "model_missing",
  "not_indexed",
  "product_unknown",
  "upload_unknown",
  "vectors_refused",
  "vectors_unavailable",
  "versions_differ",
  "vision_unavailable",
  "worker_lost",
] as const;
