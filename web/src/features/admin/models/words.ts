import type { TFunction } from "i18next";

import type {
  BuildRequest,
  CollectionState,
  Gate,
  GateFigure,
  Job,
  ModelStatus,
  ModelVersion,
  SearchCollection,
  SnapshotFormat,
  TrainingKind,
  TrainingRun,
} from "@/api/types";
import type { Tone } from "@/components/Badge";
import { readable } from "@/texts/words";

export const KINDS: readonly TrainingKind[] = ["encoder", "detector", "adapt"];
export const FORMATS: readonly SnapshotFormat[] = ["clip", "yolo", "coco"];

/** The snapshots that a run of a kind learns from; one that adapts takes the whole catalogue. */
export const LEARNS_FROM: Readonly<Record<TrainingKind, SnapshotFormat | null>> = {
  encoder: "clip",
  detector: "yolo",
  adapt: null,
};

export const STATUS_TONES: Readonly<Record<ModelStatus, Tone>> = {
  installed: "plain",
  candidate: "accent",
  refused: "danger",
  promoted: "success",
  retired: "plain",
};

export const STATE_TONES: Readonly<Record<CollectionState, Tone>> = {
  building: "accent",
  ready: "accent",
  active: "success",
  standby: "plain",
  retired: "plain",
};

export const RUN_TONES: Readonly<Record<TrainingRun["state"], Tone>> = {
  proposed: "accent",
  dismissed: "plain",
  queued: "plain",
  running: "accent",
  succeeded: "success",
  failed: "danger",
  cancelled: "plain",
};

export const VERDICT_TONES: Readonly<Record<GateFigure["verdict"], Tone>> = {
  better: "success",
  same: "plain",
  worse: "warning",
  fallen: "danger",
  unknown: "plain",
};

/** The name of what a gate measures; one that this page does not know is named as the server does. */
export function figureName(t: TFunction, name: string): string {
  return t(`admin.models.figure.${name}`, { defaultValue: readable(name) });
}

/** What to do about a run or a build that failed, in the reader's language where we have it. */
export function advice(t: TFunction, job: Job): string {
  const told = job.error_hint ?? t("jobs.hint.again");
  return t(`admin.models.hint.${job.error_code ?? ""}`, { defaultValue: told });
}

/** What the gate said of a model; null for one that no gate has judged. */
export function gateOf({ gate }: Pick<ModelVersion, "gate">): Gate | null {
  const judged = typeof gate.passed === "boolean" && Array.isArray(gate.figures);
  return judged ? (gate as unknown as Gate) : null;
}

/** Whether a model goes live only with a reason: its gate has not passed it, and nobody overruled. */
export function needsReason(model: ModelVersion | undefined): boolean {
  if (model === undefined || "override" in model.gate) return false;
  return model.status === "refused" || (model.status === "candidate" && model.gate.passed !== true);
}

/** What was asked for when a collection was built, so that the same one is built on. */
export function recipeOf(collection: SearchCollection): BuildRequest {
  const { model_version, text_share, preprocess_version } = collection;
  const [, margin, padding] = /-m(\d+)-([a-z]+)-/.exec(preprocess_version) ?? [];
  const known = PADDINGS.find((each) => each === padding);
  return {
    model_version,
    text_share,
    ...(margin !== undefined && { margin: Number(margin) / 1000 }),
    ...(known && { padding: known }),
  };
}

export const PADDINGS = ["reflect", "mean", "white", "squash", "crop"] as const;
