/** What a reviewer made of an item, before it is sent. Everything here is arithmetic. */
import type { ReviewChanges, ReviewItem } from "@/api/types";
import type { Edges } from "@/components/BoxedPhoto";
import { edges } from "@/components/boxes";

/** A box as it is on the desk: one that was found, or one drawn here. */
export interface DraftBox {
  /** The crop's id, or a name of the desk's own. */
  key: string;
  imageId: string;
  box: Edges;
  kind: string;
  verdict: "kept" | "rejected";
  reason: string | null;
  /** How sure the detector was; null of a box that was drawn here. */
  score: number | null;
}

export interface Draft {
  readonly boxes: readonly DraftBox[];
  readonly primary: string | null;
  /** The values that are chosen, by facet. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

/** A draft and the steps that led to it. */
export interface Edits {
  readonly draft: Draft;
  readonly past: readonly { readonly step: string; readonly draft: Draft }[];
}

/** Boxes around a whole photo are there without being drawn. */
export const WHOLE = "whole";

export function draftOf(item: ReviewItem): Draft {
  return {
    boxes: item.photos.flatMap(({ crops }) =>
      crops.map((crop) => ({
        key: crop.id,
        imageId: crop.image_id,
        box: edges(crop.box),
        kind: crop.kind,
        verdict: crop.verdict,
        reason: crop.reason,
        score: crop.score,
      })),
    ),
    primary: item.primary_crop_id,
    labels: Object.fromEntries(item.facets.map(({ facet, chosen }) => [facet, chosen])),
  };
}

export function editsOf(item: ReviewItem): Edits {
  return { draft: draftOf(item), past: [] };
}

/** One step further; steps of the same name in a row, such as moves of one box, are one. */
export function stepped(edits: Edits, step: string, draft: Draft): Edits {
  if (draft === edits.draft) return edits;
  if (edits.past.at(-1)?.step === step) return { ...edits, draft };
  return { draft, past: [...edits.past, { step, draft: edits.draft }] };
}

/** One step back; null where there was none. */
export function steppedBack({ past }: Edits): Edits | null {
  const last = past.at(-1);
  return last ? { draft: last.draft, past: past.slice(0, -1) } : null;
}

export function boxOf(draft: Draft, key: string | null): DraftBox | undefined {
  return draft.boxes.find((one) => one.key === key);
}

export function withBox(draft: Draft, box: DraftBox): Draft {
  const at = draft.boxes.findIndex(({ key }) => key === box.key);
  const boxes = at === -1 ? [...draft.boxes, box] : draft.boxes.with(at, box);
  return { ...draft, boxes };
}

export function withoutBox(draft: Draft, key: string): Draft {
  return {
    ...draft,
    boxes: draft.boxes.filter((one) => one.key !== key),
    primary: draft.primary === key ? null : draft.primary,
  };
}

/** The box stands for the product; so it is kept, whatever was said of it before. */
export function withPrimary(draft: Draft, key: string): Draft {
  const box = boxOf(draft, key);
  if (box === undefined) return draft;
  const kept = box.verdict === "kept" ? draft : withVerdict(draft, key, "kept", null);
  return { ...kept, primary: key };
}

export function withVerdict(
  draft: Draft,
  key: string,
  verdict: DraftBox["verdict"],
  reason: string | null,
): Draft {
  const box = boxOf(draft, key);
  if (box === undefined) return draft;
  const judged = withBox(draft, { ...box, verdict, reason });
  return verdict === "rejected" && draft.primary === key ? { ...judged, primary: null } : judged;
}

export function withLabels(draft: Draft, facet: string, values: readonly string[]): Draft {
  return { ...draft, labels: { ...draft.labels, [facet]: values } };
}

/** What choosing `value` makes of `values`: it alone, or beside the others; once more takes it away. */
export function toggled(values: readonly string[], value: string, beside: boolean): string[] {
  if (values.includes(value)) return values.filter((one) => one !== value);
  return beside ? [...values, value] : [value];
}

/** What the draft changes of the item; null for nothing. */
export function changesOf(item: ReviewItem, draft: Draft): ReviewChanges | null {
  const before = draftOf(item);
  const isNew = (key: string) => boxOf(before, key) === undefined;
  const known = draft.boxes.flatMap((box) => {
    const was = boxOf(before, box.key);
    return was ? [{ was, box }] : [];
  });
  const changes: ReviewChanges = {};
  if (draft.primary !== before.primary && draft.primary !== null) changes.primary = draft.primary;
  const boxes = {
    add: draft.boxes
      .filter(({ key }) => isNew(key))
      .map(({ key, imageId, box, kind }) => ({ key, image_id: imageId, box: told(box), kind })),
    change: known.flatMap(({ was, box }) => boxChange(was, box)),
    remove: before.boxes.filter(({ key }) => !boxOf(draft, key)).map(({ key }) => key),
  };
  if (Object.values(boxes).some((list) => list.length > 0)) changes.boxes = boxes;
  const verdicts = known
    .filter(({ was, box }) => was.verdict !== box.verdict)
    .map(({ box }) => ({
      crop_id: box.key,
      verdict: box.verdict,
      ...(box.verdict === "rejected" && box.reason !== null && { reason: box.reason }),
    }));
  if (verdicts.length > 0) changes.verdicts = verdicts;
  const labels = Object.entries(draft.labels)
    .filter(([facet, values]) => !isSameSet(values, before.labels[facet] ?? []))
    .map(([facet, values]) => ({ facet, values: [...values] }));
  if (labels.length > 0) changes.labels = labels;
  return Object.keys(changes).length > 0 ? changes : null;
}

/** The item as it is now with what the draft changed of it as it was, as far as that still fits. */
export function rebased(was: ReviewItem, draft: Draft, now: ReviewItem): Edits {
  const before = draftOf(was);
  const changes = changesOf(was, draft);
  const fresh = editsOf(now);
  if (changes === null) return fresh;
  const images = new Set(now.photos.map(({ image }) => image.id));
  const removed = new Set(changes.boxes?.remove);
  let made = fresh.draft;
  for (const key of removed) made = withoutBox(made, key);
  for (const box of draft.boxes.filter(({ imageId }) => images.has(imageId))) {
    const old = boxOf(before, box.key);
    const isOurs = old ? !isSameBox(old, box) && boxOf(made, box.key) : true;
    if (isOurs) made = withBox(made, box);
  }
  for (const { facet, values } of changes.labels ?? []) made = withLabels(made, facet, values);
  if (changes.primary) made = withPrimary(made, changes.primary);
  return stepped(fresh, "rebased", made);
}

function boxChange(was: DraftBox, box: DraftBox) {
  const moved = was.box.some((edge, at) => edge !== box.box[at]);
  if (!moved && was.kind === box.kind) return [];
  return [
    {
      crop_id: box.key,
      ...(moved && { box: told(box.box) }),
      ...(was.kind !== box.kind && { kind: box.kind }),
    },
  ];
}

/** A box as it is sent. */
function told([x1, y1, x2, y2]: Edges): [number, number, number, number] {
  return [x1, y1, x2, y2];
}

function isSameBox(one: DraftBox, other: DraftBox): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}
