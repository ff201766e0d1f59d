/** What lies on the desk: the item one sees, those that come next, and what was answered. */
import type { ReviewItem, ReviewLooked, ReviewOutcome } from "@/api/types";

import { editsOf, rebased, type Edits } from "./draft";

/** An item that is leased. */
export interface Held {
  readonly item: ReviewItem;
  readonly edits: Edits;
  /** The photos that were shown, by id. */
  readonly seen: readonly string[];
  /** Why its answer was not taken. */
  readonly problem: string | null;
  /** Whether it is being fetched back, and cannot be answered yet. */
  readonly isComing: boolean;
}

/** An item that was answered; its answer has no id until the server has it. */
export interface Answered {
  readonly item: ReviewItem;
  readonly edits: Edits;
  readonly outcome: ReviewOutcome;
  /** How long it was looked at. */
  readonly seconds: number;
  readonly answerId: string | null;
}

export interface Queue {
  readonly held: readonly Held[];
  readonly past: readonly Answered[];
  /** How many items wait, as far as is known. */
  readonly open: number | null;
  /** Whether the server had no more when it was asked last. */
  readonly isDry: boolean;
}

export const EMPTY: Queue = { held: [], past: [], open: null, isDry: false };

/** Items came; those that are here already stay as they are. */
export function leased(queue: Queue, items: readonly ReviewItem[], open: number): Queue {
  const here = new Set(queue.held.map(({ item }) => item.id));
  const fresh = items.filter(({ id }) => !here.has(id)).map((item) => heldOf(item));
  return { ...queue, held: [...queue.held, ...fresh], open, isDry: fresh.length === 0 };
}

/** The item one sees was edited. */
export function edited(queue: Queue, edits: Edits): Queue {
  const [first, ...rest] = queue.held;
  return first ? { ...queue, held: [{ ...first, edits }, ...rest] } : queue;
}

/** A photo of an item is shown. */
export function seen(queue: Queue, itemId: string, imageId: string): Queue {
  const held = queue.held.map((one) =>
    one.item.id === itemId && !one.seen.includes(imageId)
      ? { ...one, seen: [...one.seen, imageId] }
      : one,
  );
  return { ...queue, held };
}

/** What an answer says was looked at: all on the screen, but for the facets that are left aside. */
export function lookedAt({ item, seen }: Held, aside: ReadonlySet<string>): ReviewLooked {
  const facets = item.facets.map(({ facet }) => facet);
  const isAll = !facets.some((facet) => aside.has(facet));
  return {
    facets: isAll ? null : facets.filter((facet) => !aside.has(facet)),
    primary: true,
    boxes: item.photos.every(({ image }) => seen.includes(image.id)),
  };
}

/** The item one sees is answered, and the next one is seen. */
export function answered(queue: Queue, outcome: ReviewOutcome, seconds: number): Queue {
  const [first, ...rest] = queue.held;
  if (!first) return queue;
  const { item, edits } = first;
  const past = [...queue.past, { item, edits, outcome, seconds, answerId: null }];
  const open = queue.open === null ? null : Math.max(0, queue.open - 1);
  return { ...queue, held: rest, past, open };
}

/** The server has an answer. */
export function taken(queue: Queue, itemId: string, answerId: string): Queue {
  const past = queue.past.map((one) => (one.item.id === itemId ? { ...one, answerId } : one));
  return { ...queue, past };
}

/**
 * The server did not take an answer: the item comes back next, as it was answered, on top of what
 * it is by now. What one sees meanwhile stays.
 */
export function refused(queue: Queue, itemId: string, problem: string, now?: ReviewItem): Queue {
  const answer = queue.past.find(({ item }) => item.id === itemId);
  if (!answer) return queue;
  const edits = now ? rebased(answer.item, answer.edits.draft, now) : answer.edits;
  const back = { ...heldOf(now ?? answer.item), edits, problem };
  const past = queue.past.filter((one) => one !== answer);
  if (answer.outcome === "skip") return { ...queue, past }; // nothing is lost with it
  return {
    ...queue,
    held: queue.held.toSpliced(Math.min(1, queue.held.length), 0, back),
    past,
    open: queue.open === null ? null : queue.open + 1,
  };
}

/** The last answer is taken back: its item is seen again at once. */
export function recalled(queue: Queue): Queue {
  const last = queue.past.at(-1);
  if (!last) return queue;
  return {
    ...queue,
    held: [{ ...heldOf(last.item), edits: last.edits, isComing: true }, ...queue.held],
    past: queue.past.slice(0, -1),
    open: queue.open === null ? null : queue.open + 1,
  };
}

/** An item as it is now: one that was fetched back, or whose lease is longer. */
export function renewed(queue: Queue, now: ReviewItem): Queue {
  const held = queue.held.map((one) => {
    if (one.item.id !== now.id) return one;
    const isSame = one.item.version === now.version && !one.isComing;
    const edits = isSame ? one.edits : rebased(one.item, one.edits.draft, now);
    return { ...one, item: now, edits, isComing: false };
  });
  return { ...queue, held };
}

/** An item is not ours any more; one that was worked on stays in sight, with the reason. */
export function lost(queue: Queue, itemId: string, problem: string): Queue {
  const isEdited = queue.held.some(
    ({ item, edits }) => item.id === itemId && edits.past.length > 0,
  );
  if (!isEdited) return dropped(queue, itemId);
  const held = queue.held.map((one) => (one.item.id === itemId ? { ...one, problem } : one));
  return { ...queue, held };
}

export function dropped(queue: Queue, itemId: string): Queue {
  return { ...queue, held: queue.held.filter(({ item }) => item.id !== itemId) };
}

function heldOf(item: ReviewItem): Held {
  return { item, edits: editsOf(item), seen: [], problem: null, isComing: false };
}
