/** Alike items side by side, and which of them are marked. */
import type { ReviewItem } from "@/api/types";

export interface Tile {
  readonly item: ReviewItem;
  readonly isMarked: boolean;
  /** Why it was not taken. */
  readonly problem: string | null;
}

/** Items that were accepted at once; answers have no ids until the server has them. */
export interface Batch {
  readonly id: number;
  readonly items: readonly ReviewItem[];
  readonly answerIds: readonly string[] | null;
}

export interface Wall {
  readonly tiles: readonly Tile[];
  readonly past: readonly Batch[];
  readonly open: number | null;
  readonly isDry: boolean;
}

export const EMPTY: Wall = { tiles: [], past: [], open: null, isDry: false };

/** Items came; all are marked, for it is the odd ones that one looks for. */
export function laid(wall: Wall, items: readonly ReviewItem[], open: number): Wall {
  const here = new Set(wall.tiles.map(({ item }) => item.id));
  const fresh = items.filter(({ id }) => !here.has(id)).map(tileOf);
  return { ...wall, tiles: [...wall.tiles, ...fresh], open, isDry: fresh.length === 0 };
}

export function toggled(wall: Wall, itemId: string): Wall {
  const tiles = wall.tiles.map((tile) =>
    tile.item.id === itemId ? { ...tile, isMarked: !tile.isMarked } : tile,
  );
  return { ...wall, tiles };
}

export function marked({ tiles }: Wall): readonly ReviewItem[] {
  return tiles.filter(({ isMarked }) => isMarked).map(({ item }) => item);
}

/** All marked, or none if all are. */
export function markedAll(wall: Wall): Wall {
  const isMarked = wall.tiles.some((tile) => !tile.isMarked);
  return { ...wall, tiles: wall.tiles.map((tile) => ({ ...tile, isMarked })) };
}

/** The marked ones are accepted and make room; the others stay. */
export function accepted(wall: Wall, id: number): Wall {
  const items = marked(wall);
  return {
    ...wall,
    tiles: wall.tiles.filter(({ isMarked }) => !isMarked),
    past: [...wall.past, { id, items, answerIds: null }],
    open: wall.open === null ? null : Math.max(0, wall.open - items.length),
  };
}

export interface Outcome {
  readonly itemId: string;
  readonly answerId: string | null;
  readonly problem: string | null;
}

/** The server has a batch; what it did not take comes back, unmarked and with its reason. */
export function settled(wall: Wall, id: number, outcomes: readonly Outcome[]): Wall {
  const batch = wall.past.find((one) => one.id === id);
  if (!batch) return wall;
  const back = batch.items.flatMap((item) => {
    const problem = outcomes.find(({ itemId }) => itemId === item.id)?.problem ?? null;
    return problem === null ? [] : [{ item, problem, isMarked: false }];
  });
  const answerIds = outcomes.flatMap(({ answerId }) => (answerId === null ? [] : [answerId]));
  const others = wall.past.filter((one) => one !== batch);
  return {
    ...wall,
    tiles: [...back, ...wall.tiles],
    past: answerIds.length > 0 ? [...others, { ...batch, answerIds }] : others,
    open: wall.open === null ? null : wall.open + back.length,
  };
}

/** Items that were taken back lie in front again. */
export function restored(wall: Wall, id: number, items: readonly ReviewItem[]): Wall {
  return {
    ...wall,
    tiles: [...items.map(tileOf), ...wall.tiles],
    past: wall.past.filter((batch) => batch.id !== id),
    open: wall.open === null ? null : wall.open + items.length,
  };
}

/** An item as it is now. */
export function renewed(wall: Wall, now: ReviewItem): Wall {
  const tiles = wall.tiles.map((tile) => (tile.item.id === now.id ? { ...tile, item: now } : tile));
  return { ...wall, tiles };
}

export function dropped(wall: Wall, itemId: string): Wall {
  return { ...wall, tiles: wall.tiles.filter(({ item }) => item.id !== itemId) };
}

function tileOf(item: ReviewItem): Tile {
  return { item, isMarked: true, problem: null };
}
