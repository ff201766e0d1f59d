import { expect, test } from "vitest";

import { boxed, pressed } from "./ownBox";

const SIZE = { width: 200, height: 100 };

test("a box has its corners in order, lies on the photo, and is never too small", () => {
  expect(boxed([150, 80, 50, 20], SIZE)).toEqual([50, 20, 150, 80]);
  expect(boxed([-30, -5, 500, 400], SIZE)).toEqual([0, 0, 200, 100]);
  expect(boxed([200, 100, 200, 100], SIZE)).toEqual([190, 95, 200, 100]);
});

test.each([
  ["ArrowRight", false, [44, 20, 104, 60]],
  ["ArrowUp", false, [40, 18, 100, 58]],
  ["ArrowRight", true, [40, 20, 104, 60]],
  ["ArrowUp", true, [40, 20, 100, 58]],
] as const)("of a box %s, pulled %s, makes %j", (key, pulls, made) => {
  expect(pressed([40, 20, 100, 60], key, pulls, SIZE)).toEqual(made);
});

test("keys stop at the edges and at the least size; other keys do nothing", () => {
  expect(pressed([0, 0, 50, 50], "ArrowLeft", false, SIZE)).toEqual([0, 0, 50, 50]);
  expect(pressed([150, 0, 200, 50], "ArrowRight", false, SIZE)).toEqual([150, 0, 200, 50]);
  expect(pressed([40, 20, 50, 25], "ArrowLeft", true, SIZE)).toEqual([40, 20, 50, 25]);
  expect(pressed([0, 0, 50, 50], "a", false, SIZE)).toBeNull();
});
