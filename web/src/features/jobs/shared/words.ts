import type { JobKind, JobState, JobStatus } from "@/api/types";
import type { Tone } from "@/components/Badge";

/** In the order that the list offers them; what the API adds must find its place to compile. */
export const STATES = all<JobState>({ failed: true, open: true, ended: true });

export const KINDS = all<JobKind>({
  import: true,
  pull: true,
  index: true,
  publish: true,
  reindex: true,
  calibrate: true,
  build: true,
  redetect: true,
  boxes: true,
  doubts: true,
  snapshot: true,
  train: true,
  filter_crops: true,
  select_primary: true,
  label: true,
  pictures: true,
  thumbnails: true,
  search: true,
  purge: true,
  reconcile: true,
});

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

/** Every word of a type, of which none can be forgotten. */
function all<Word extends string>(words: Readonly<Record<Word, true>>): readonly Word[] {
  return Object.keys(words) as Word[];
}

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
