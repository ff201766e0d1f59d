import type { Box } from "./answers";
import { h } from "./dom";
import type { Speech } from "./texts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A share of a side that one press of a key moves a box by. */
const STEP = 1 / 50;
/** A box is no smaller than this share of a side: less is a slip of the finger. */
const LEAST = 1 / 20;
/** How long after the last key a box counts as put, in milliseconds. */
const SETTLED = 450;

/** A box with these corners, within the photo and no smaller than may be searched with. */
export function boxed([ax, ay, bx, by]: Box, { width, height }: Size): Box {
  const [x1, x2] = span(ax, bx, width);
  const [y1, y2] = span(ay, by, height);
  return [x1, y1, x2, y2];
}

function span(from: number, to: number, side: number): readonly [number, number] {
  const low = Math.min(Math.max(0, Math.min(from, to)), side * (1 - LEAST));
  const high = Math.min(side, Math.max(from, to));
  return [Math.round(low), Math.round(Math.max(high, low + side * LEAST))];
}

/** What a key makes of a box: arrows move it, with Shift its right and lower edge; null for others. */
export function pressed(
  [x1, y1, x2, y2]: Box,
  key: string,
  pulls: boolean,
  size: Size,
): Box | null {
  const steps: Partial<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  const step = steps[key];
  if (!step) return null;
  const [x, y] = [step[0] * STEP * size.width, step[1] * STEP * size.height];
  if (pulls) {
    const least = [x1 + LEAST * size.width, y1 + LEAST * size.height] as const;
    return boxed([x1, y1, Math.max(least[0], x2 + x), Math.max(least[1], y2 + y)], size);
  }
  // It stops at the edge whole.
  const right = Math.min(Math.max(x, -x1), size.width - x2);
  const down = Math.min(Math.max(y, -y1), size.height - y2);
  return boxed([x1 + right, y1 + down, x2 + right, y2 + down], size);
}

/** Have a box drawn on a photo by pointer, or put by keys; told each time one was put. */
export class OwnBox {
  /** Lies over the photo while one draws; it has the focus for keys. */
  readonly ground: HTMLElement;
  readonly #mark = h("span", { class: "box own" });
  readonly #size: Size;
  readonly #onPut: (box: Box) => void;
  #box: Box;
  #from: readonly [number, number] | null = null;
  #timer = 0;

  constructor(speech: Speech, size: Size, begun: Box | null, onPut: (box: Box) => void) {
    this.#size = size;
    this.#onPut = onPut;
    const { width, height } = size;
    this.#box = begun ?? [width / 4, height / 4, (width * 3) / 4, (height * 3) / 4];
    this.ground = h(
      "div",
      {
        ...{ class: "ground", tabindex: "0", role: "application", "data-key": "own" },
        ...{ "aria-label": speech.say("ownBox"), "aria-describedby": "box-keys" },
      },
      this.#mark,
    );
    this.#mark.hidden = !begun;
    this.#show(this.#box);
    this.ground.addEventListener("pointerdown", (event) => this.#start(event));
    this.ground.addEventListener("pointermove", (event) => this.#drag(event));
    this.ground.addEventListener("pointerup", () => this.#end());
    this.ground.addEventListener("pointercancel", () => (this.#from = null));
    this.ground.addEventListener("keydown", (event) => this.#press(event));
  }

  #start(event: PointerEvent): void {
    if (!event.isPrimary || event.button !== 0) return;
    this.ground.setPointerCapture(event.pointerId);
    this.#from = this.#at(event);
  }

  #drag(event: PointerEvent): void {
    if (!this.#from) return;
    this.#mark.hidden = false;
    this.#show(boxed([...this.#from, ...this.#at(event)], this.#size));
  }

  #end(): void {
    // A tap draws nothing.
    if (this.#from && !this.#mark.hidden) this.#onPut(this.#box);
    this.#from = null;
  }

  #press(event: KeyboardEvent): void {
    const isPut = event.key === "Enter" || event.key === " ";
    const box = isPut ? this.#box : pressed(this.#box, event.key, event.shiftKey, this.#size);
    if (!box) return;
    event.preventDefault();
    this.#mark.hidden = false;
    this.#show(box);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#onPut(box), isPut ? 0 : SETTLED);
  }

  #show(box: Box): void {
    this.#box = box;
    placed(this.#mark, box, this.#size);
  }

  #at({ clientX, clientY }: PointerEvent): [number, number] {
    const { left, top, width, height } = this.ground.getBoundingClientRect();
    const { width: across, height: high } = this.#size;
    return [((clientX - left) / width) * across, ((clientY - top) / height) * high];
  }
}

/** Where it is, in shares of the photo; set by script, as a policy without inline styles asks. */
export function placed<Mark extends HTMLElement>(
  mark: Mark,
  [x1, y1, x2, y2]: Box,
  { width, height }: Size,
): Mark {
  const shares = { x1: x1 / width, y1: y1 / height, x2: x2 / width, y2: y2 / height };
  for (const [name, share] of Object.entries(shares)) {
    mark.style.setProperty(`--${name}`, `${share * 100}%`);
  }
  return mark;
}
