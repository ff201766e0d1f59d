/** Of screens that pages are walked through at. */
export const PHONE = { width: 390, height: 844 };
export const NARROW = { width: 320, height: 640 };
export const DESK = { width: 1280, height: 800 };

/** By name, for `test.for`. */
export const SIZES = [
  ["a phone", PHONE],
  ["a desktop", DESK],
] as const;
