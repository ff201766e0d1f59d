import { expect, test } from "vitest";

import { actOf, DEFAULTS, digitOf, isFree, keyName, readKeys, withKey } from "./keys";

test("keys have names, whatever their case", () => {
  expect(keyName({ key: "A", code: "KeyA" })).toBe("a");
  expect(keyName({ key: " ", code: "Space" })).toBe("Space");
  expect(keyName({ key: "Backspace", code: "Backspace" })).toBe("Backspace");
});

test("a digit is one with shift, and on keyboards that need shift for it", () => {
  expect(digitOf({ key: '"', code: "Digit2" })).toBe(2);
  expect(digitOf({ key: "9", code: "Numpad9" })).toBe(9);
  expect(digitOf({ key: "a", code: "KeyA" })).toBeNull();
});

test("no two acts of a screen share a key", () => {
  for (const keys of Object.values(DEFAULTS)) {
    expect(new Set(Object.values(keys)).size).toBe(Object.keys(keys).length);
  }
});

test("an act that loses its key gets the other's", () => {
  const keys = withKey<"desk">(DEFAULTS.desk, "accept", "x");
  expect(actOf<"desk">(keys, "x")).toBe("accept");
  expect(actOf<"desk">(keys, "a")).toBe("reject");
});

test("digits, arrows and the ways out are nobody's", () => {
  expect(["1", "ArrowUp", "Tab", "Escape", "Shift", "F5", ""].filter(isFree)).toEqual([]);
  expect(["a", "Space", "Enter", "ö", "-"].every(isFree)).toBe(true);
});

test("what was kept is read; what makes no sense of it is not", () => {
  const keys = readKeys("desk", { accept: "j", reject: "3", nonsense: "q", skip: 7 });
  expect(keys).toEqual({ ...DEFAULTS.desk, accept: "j" });
  expect(readKeys("grid", "{}")).toEqual(DEFAULTS.grid);
});
