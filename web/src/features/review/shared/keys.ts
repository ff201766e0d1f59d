/** The keys of the desk and of the grid: which act each means, and how a reviewer changes that. */

/** What a key can do, on each screen; as in Prodigy where that has a key for it. */
export const DEFAULTS = {
  desk: {
    accept: "a",
    reject: "x",
    skip: "Space",
    undo: "Backspace",
    flag: "f",
    sendBack: "b",
    help: "h",
    word: "l",
    aside: "e",
    nextBox: ".",
    previousBox: ",",
    primary: "p",
    judge: "r",
    kind: "k",
    draw: "n",
    remove: "Delete",
  },
  grid: {
    toggle: "Space",
    acceptMarked: "Enter",
    markAll: "m",
    undo: "Backspace",
    nextGroup: "n",
    help: "h",
  },
} as const;

export type Screen = keyof typeof DEFAULTS;
export type Act<On extends Screen> = keyof (typeof DEFAULTS)[On] & string;
export type Keys<On extends Screen> = Readonly<Record<Act<On>, string>>;

/** Keys that mean something of their own: labels, walking, leaving. */
const RESERVED = /^(\d|Arrow\w+|Tab|Escape|Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|F\d+)$/;

type Pressed = Pick<KeyboardEvent, "key" | "code">;

/** The name of a pressed key: the letter whatever its case, `Space` for the blank. */
export function keyName({ key }: Pressed): string {
  if (key === " ") return "Space";
  return key.length === 1 ? key.toLowerCase() : key;
}

/** The digit that was pressed, with shift or without, in the row above or in the block. */
export function digitOf({ code }: Pressed): number | null {
  const found = /^(?:Digit|Numpad)(\d)$/.exec(code);
  return found ? Number(found[1]) : null;
}

/** Whether a key may be given an act. */
export function isFree(key: string): boolean {
  return key !== "" && !RESERVED.test(key);
}

export function actOf<On extends Screen>(keys: Keys<On>, key: string): Act<On> | undefined {
  return actsOf(keys).find((act) => keys[act] === key);
}

export function actsOf<On extends Screen>(keys: Keys<On>): readonly Act<On>[] {
  return Object.keys(keys) as Act<On>[];
}

/** The keys with another one for `act`; the act that had it gets the one that is free now. */
export function withKey<On extends Screen>(keys: Keys<On>, act: Act<On>, key: string): Keys<On> {
  const other = actOf(keys, key);
  return { ...keys, ...(other && { [other]: keys[act] }), [act]: key };
}

/** The keys as they were kept, with the usual ones for what is new since or makes no sense. */
export function readKeys<On extends Screen>(screen: On, kept: unknown): Keys<On> {
  const usual = DEFAULTS[screen] as Keys<On>;
  if (typeof kept !== "object" || kept === null) return usual;
  return Object.entries(kept).reduce<Keys<On>>((keys, [act, key]) => {
    const known = Object.hasOwn(usual, act) && typeof key === "string" && isFree(key);
    return known ? withKey(keys, act as Act<On>, key) : keys;
  }, usual);
}
