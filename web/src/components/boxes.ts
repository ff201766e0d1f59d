import type { Edges } from "./BoxedPhoto";

/** Boxes on a photo, in pixels of the upright photo. Everything here is arithmetic. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const CORNERS = ["nw", "ne", "sw", "se"] as const;
export type Corner = (typeof CORNERS)[number];

/** The share of the photo's longer side that an arrow key moves, and the least a box may measure. */
const STEP = 0.02;
const LEAST = 0.04;

/** The box that `given` tells, undefined for anything that is none. */
export function readBox(given: unknown): Edges | undefined {
  if (!Array.isArray(given) || given.length !== 4) return undefined;
  const [x1, y1, x2, y2] = given.map((edge) => (typeof edge === "number" ? edge : NaN));
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) {
    return undefined;
  }
  const plain = [x1, y1, x2, y2].every((edge) => Number.isFinite(edge) && edge >= 0);
  return plain && x1 < x2 && y1 < y2 ? [x1, y1, x2, y2] : undefined;
}

/** The box moved by so much, as a whole, and never off the photo. */
export function moved(box: Edges, by: Point, size: Size): Edges {
  const [x1, y1, x2, y2] = box;
  const dx = within(by.x, -x1, size.width - x2);
  const dy = within(by.y, -y1, size.height - y2);
  return [x1 + dx, y1 + dy, x2 + dx, y2 + dy];
}

/** The box with one corner pulled; the opposite corner stays, and something is always left. */
export function resized(box: Edges, corner: Corner, by: Point, size: Size): Edges {
  const [x1, y1, x2, y2] = box;
  const least = leastSide(size);
  const west = corner.endsWith("w");
  const north = corner.startsWith("n");
  return [
    west ? within(x1 + by.x, 0, x2 - least) : x1,
    north ? within(y1 + by.y, 0, y2 - least) : y1,
    west ? x2 : within(x2 + by.x, x1 + least, size.width),
    north ? y2 : within(y2 + by.y, y1 + least, size.height),
  ];
}

/** The box between two points, in any order; null where it is too small to mean one. */
export function spanned(from: Point, to: Point, size: Size): Edges | null {
  const x = [from.x, to.x].map((at) => within(at, 0, size.width)).sort(ascending);
  const y = [from.y, to.y].map((at) => within(at, 0, size.height)).sort(ascending);
  const [x1 = 0, x2 = 0] = x;
  const [y1 = 0, y2 = 0] = y;
  const least = leastSide(size);
  return x2 - x1 >= least && y2 - y1 >= least ? [x1, y1, x2, y2] : null;
}

/** A first box for somebody who draws by keyboard: the middle of the photo. */
export function middle(size: Size): Edges {
  return rounded([size.width / 4, size.height / 4, (size.width * 3) / 4, (size.height * 3) / 4]);
}

/** What an arrow key does to a box; with shift it pulls the lower right corner. Null: no arrow. */
export function keyed(box: Edges, key: string, shift: boolean, size: Size): Edges | null {
  const step = Math.max(1, Math.round(Math.max(size.width, size.height) * STEP));
  const by = ARROWS[key];
  if (by === undefined) return null;
  const pull = { x: by.x * step, y: by.y * step };
  return shift ? resized(box, "se", pull, size) : moved(box, pull, size);
}

/** Whole pixels, as the address and the server get them. */
export function rounded(box: Edges): Edges {
  const [x1, y1, x2, y2] = box;
  return [Math.floor(x1), Math.floor(y1), Math.ceil(x2), Math.ceil(y2)];
}

/** The box around all of a photo. */
export function whole(size: Size): Edges {
  return rounded([0, 0, size.width, size.height]);
}

export function isWhole([x1, y1, x2, y2]: Edges, size: Size): boolean {
  return x1 <= 0 && y1 <= 0 && x2 >= size.width && y2 >= size.height;
}

export function contains([x1, y1, x2, y2]: Edges, { x, y }: Point): boolean {
  return x >= x1 && x <= x2 && y >= y1 && y <= y2;
}

/** How high each of several boxes lies: smaller ones above larger ones, so each can be tapped. */
export function layers(boxes: readonly Edges[]): (box: Edges) => number {
  const areas = boxes.map(area);
  return (box) => areas.filter((other) => other > area(box)).length + 1;
}

/** A box as the API tells it: its types forget that it has four numbers. */
export function edges([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[]): Edges {
  return [x1, y1, x2, y2];
}

function area([x1, y1, x2, y2]: Edges): number {
  return (x2 - x1) * (y2 - y1);
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

function leastSide(size: Size): number {
  return Math.min(size.width, size.height, Math.max(size.width, size.height) * LEAST);
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

function ascending(a: number, b: number): number {
  return a - b;
}
