import { describe, expect, test } from "vitest";

import {
  edges,
  contains,
  isWhole,
  keyed,
  layers,
  middle,
  moved,
  readBox,
  resized,
  rounded,
  spanned,
  whole,
} from "./boxes";

const SIZE = { width: 400, height: 800 };
const BOX = [100, 200, 200, 400] as const;

describe("moving", () => {
  test("shifts all edges alike", () => {
    expect(moved(BOX, { x: 10, y: -20 }, SIZE)).toEqual([110, 180, 210, 380]);
  });

  test("stops at the photo's edge without losing size", () => {
    expect(moved(BOX, { x: 999, y: 999 }, SIZE)).toEqual([300, 600, 400, 800]);
    expect(moved(BOX, { x: -999, y: -999 }, SIZE)).toEqual([0, 0, 100, 200]);
  });
});

describe("resizing", () => {
  test("leaves the opposite corner alone", () => {
    expect(resized(BOX, "nw", { x: -10, y: -20 }, SIZE)).toEqual([90, 180, 200, 400]);
    expect(resized(BOX, "se", { x: 10, y: 20 }, SIZE)).toEqual([100, 200, 210, 420]);
    expect(resized(BOX, "ne", { x: 10, y: 20 }, SIZE)).toEqual([100, 220, 210, 400]);
    expect(resized(BOX, "sw", { x: 10, y: 20 }, SIZE)).toEqual([110, 200, 200, 420]);
  });

  test("never turns a box inside out, nor leaves the photo", () => {
    expect(resized(BOX, "nw", { x: 999, y: 999 }, SIZE)).toEqual([168, 368, 200, 400]);
    expect(resized(BOX, "se", { x: 999, y: 999 }, SIZE)).toEqual([100, 200, 400, 800]);
  });
});

describe("drawing", () => {
  test("goes from any corner to any other", () => {
    expect(spanned({ x: 200, y: 400 }, { x: 100, y: 200 }, SIZE)).toEqual(BOX);
  });

  test("stays on the photo", () => {
    expect(spanned({ x: 350, y: 700 }, { x: 900, y: 900 }, SIZE)).toEqual([350, 700, 400, 800]);
  });

  test("takes a mere tap for no box", () => {
    expect(spanned({ x: 100, y: 100 }, { x: 103, y: 300 }, SIZE)).toBeNull();
  });

  test("starts in the middle by keyboard", () => {
    expect(middle(SIZE)).toEqual([100, 200, 300, 600]);
  });
});

describe("keys", () => {
  test("arrows move", () => {
    expect(keyed(BOX, "ArrowLeft", false, SIZE)).toEqual([84, 200, 184, 400]);
    expect(keyed(BOX, "ArrowDown", false, SIZE)).toEqual([100, 216, 200, 416]);
  });

  test("shift and arrows resize", () => {
    expect(keyed(BOX, "ArrowRight", true, SIZE)).toEqual([100, 200, 216, 400]);
    expect(keyed(BOX, "ArrowUp", true, SIZE)).toEqual([100, 200, 200, 384]);
  });

  test("other keys mean nothing", () => {
    expect(keyed(BOX, "Enter", false, SIZE)).toBeNull();
  });
});

test("a box is rounded outwards", () => {
  expect(rounded([0.4, 1.6, 9.2, 10])).toEqual([0, 1, 10, 10]);
});

test("the whole photo is a box as well", () => {
  expect(whole({ width: 400.4, height: 800 })).toEqual([0, 0, 401, 800]);
  expect(isWhole(whole(SIZE), SIZE)).toBe(true);
  expect(isWhole([0, 0, 400, 799], SIZE)).toBe(false);
});

test("a point lies in a box or beside it", () => {
  expect(contains(BOX, { x: 100, y: 400 })).toBe(true);
  expect(contains(BOX, { x: 99, y: 300 })).toBe(false);
  expect(contains(BOX, { x: 150, y: 401 })).toBe(false);
});

test("smaller boxes lie above larger ones, so that each can be tapped", () => {
  const layer = layers([[0, 0, 100, 100], BOX, [0, 0, 400, 800]]);
  expect([layer([0, 0, 100, 100]), layer(BOX), layer([0, 0, 400, 800])]).toEqual([3, 2, 1]);
});

test("a box comes as so many numbers", () => {
  expect(edges([1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
});

test.each([
  [
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ],
  [[3, 2, 1, 4], undefined],
  [[-1, 2, 3, 4], undefined],
  [[1, 2, 3], undefined],
  [["1", 2, 3, 4], undefined],
  ["1,2,3,4", undefined],
])("%j is read as %j", (given, box) => {
  expect(readBox(given)).toEqual(box);
});
