import { useRef, useState } from "react";

import type { Image, ReviewFacet } from "@/api/types";
import type { Edges } from "@/components/BoxedPhoto";
import { middle } from "@/components/boxes";

import {
  boxOf,
  stepped,
  toggled,
  WHOLE,
  withBox,
  withLabels,
  withoutBox,
  withPrimary,
  withVerdict,
  type Draft,
  type DraftBox,
  type Edits,
} from "./draft";
import type { Held } from "./queue";

/** What of an item one looks at. */
interface View {
  imageId: string | undefined;
  /** The box that is chosen. */
  boxKey: string | null;
  facet: string | undefined;
  /** Whether the next drag draws a box. */
  isDrawing: boolean;
  /** Whether the box was chosen by keyboard, and takes the focus. */
  isByKey: boolean;
}

/** One item on the desk: what of it is looked at, and all that can be done with it. */
export function useBench(held: Held, onEdit: (edits: Edits) => void) {
  const { item, edits } = held;
  const { draft } = edits;
  const [view, setView] = useState(() => firstView(held));
  const look = (more: Partial<View>) => setView((now) => ({ ...now, ...more }));
  const step = (name: string, next: Draft) => onEdit(stepped(edits, name, next));
  const images = item.photos.map(({ image }) => image);
  const image = images.find(({ id }) => id === view.imageId) ?? images[0];
  const facet = item.facets.find((one) => one.facet === view.facet) ?? item.facets[0];
  const boxes = draft.boxes.filter((box) => box.imageId === image?.id);
  const box = boxOf(draft, view.boxKey);
  const photos = photoActs(images, image, look);
  return {
    ...{ item, draft, images, image, boxes, box, facet, view, look },
    ...photos,
    ...useBoxActs({ draft, images, image, boxes, box, look, step }),
    ...labelActs(item.facets, facet, draft, look, step),
  };
}

export type Bench = ReturnType<typeof useBench>;
type Look = (more: Partial<View>) => void;
type Step = (name: string, next: Draft) => void;

function photoActs(images: readonly Image[], image: Image | undefined, look: Look) {
  const showPhoto = (imageId: string) => look({ imageId, boxKey: null, isDrawing: false });
  return {
    showPhoto,
    /** The next photo, or the one before; round and round. */
    walkPhotos: (by: number) => {
      const to = around(images, image, by);
      if (to) showPhoto(to.id);
    },
  };
}

interface BoxGround {
  draft: Draft;
  images: readonly Image[];
  image: Image | undefined;
  boxes: readonly DraftBox[];
  box: DraftBox | undefined;
  look: Look;
  step: Step;
}

function useBoxActs({ draft, image, boxes, box, look, step }: BoxGround) {
  const drawn = useRef(0);
  const add = (edges: Edges, isByKey: boolean) => {
    if (!image) return;
    const key = `new-${(drawn.current += 1)}-${Date.now()}`;
    const kind = boxOf(draft, draft.primary)?.kind ?? WHOLE;
    const made: DraftBox = {
      ...{ key, imageId: image.id, box: edges, kind: kind === WHOLE ? FIRST_KIND : kind },
      ...{ verdict: "kept", reason: null, score: null },
    };
    step(`draw ${key}`, withBox(draft, made));
    look({ boxKey: key, isDrawing: false, isByKey });
  };
  return {
    chooseBox: (boxKey: string | null, isByKey = false) =>
      look({ boxKey, isByKey, isDrawing: false }),
    walkBoxes: (by: number) => {
      const to = around(boxes, box, by);
      if (to) look({ boxKey: to.key, isByKey: true, isDrawing: false });
    },
    /** Put the box of `key` elsewhere, or a new one, which has no key yet. */
    putBox: (edges: Edges, key?: string) => {
      const put = key === undefined ? undefined : boxOf(draft, key);
      if (!put) {
        add(edges, false);
        return;
      }
      step(`move ${put.key}`, withBox(draft, { ...put, box: edges }));
      look({ boxKey: put.key });
    },
    /** Draw by pointer; by keyboard a box is there at once, and arrows put it right. */
    draw: (isByKey: boolean, isDrawing: boolean) => {
      if (isByKey && image) add(middle(image), true);
      else look({ isDrawing: !isDrawing, boxKey: null });
    },
    setKind: (kind: string) => box && step(`kind ${box.key}`, withBox(draft, { ...box, kind })),
    makePrimary: () => box && step("primary", withPrimary(draft, box.key)),
    judge: (verdict: DraftBox["verdict"], reason: string | null) =>
      box && step(`judge ${box.key}`, withVerdict(draft, box.key, verdict, reason)),
    removeBox: () => {
      if (!box || box.kind === WHOLE) return;
      step(`remove ${box.key}`, withoutBox(draft, box.key));
      look({ boxKey: null });
    },
  };
}

const FIRST_KIND = "top";

function labelActs(
  facets: readonly ReviewFacet[],
  facet: ReviewFacet | undefined,
  draft: Draft,
  look: Look,
  step: Step,
) {
  const say = (values: readonly string[]) =>
    facet && step(`label ${facet.facet}`, withLabels(draft, facet.facet, values));
  const choose = (value: string, beside: boolean) =>
    facet && say(toggled(draft.labels[facet.facet] ?? [], value, beside));
  return {
    showFacet: (name: string) => look({ facet: name }),
    walkFacets: (by: number) => {
      const to = around(facets, facet, by);
      if (to) look({ facet: to.facet });
    },
    choose,
    chooseNone: () => say([]),
    /** The candidate of that number, counted from 1. */
    chooseNumber: (number: number, beside: boolean) => {
      const candidate = facet?.candidates[number - 1];
      if (candidate) choose(candidate.value, beside);
    },
  };
}

/** What is most in doubt is looked at first. */
function firstView({ item, edits }: Held): View {
  const inDoubt = item.doubts.find(({ facet }) => facet !== null)?.facet;
  const primary = boxOf(edits.draft, edits.draft.primary);
  return {
    imageId: primary?.imageId,
    boxKey: null,
    facet: inDoubt ?? undefined,
    isDrawing: false,
    isByKey: false,
  };
}

/** The one so many places on, round and round; the first, or the last, if none is meant yet. */
function around<One>(all: readonly One[], from: One | undefined, by: number): One | undefined {
  const at = from === undefined ? -1 : all.indexOf(from);
  if (at === -1) return by > 0 ? all[0] : all.at(-1);
  return all[(at + by + all.length) % all.length];
}
