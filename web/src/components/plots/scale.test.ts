import { expect, test } from "vitest";

import { lowEnd, scale, sparse, ticks } from "./scale";

test("a scale goes from end to end, and through a range that is a point", () => {
  expect([0, 5, 10].map(scale([0, 10], [100, 0]))).toEqual([100, 50, 0]);
  expect(scale([3, 3], [0, 10])(3)).toBe(0);
});

test("ticks are round, and never more than asked for", () => {
  expect(ticks(0, 1, 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(0.6, 1, 5)).toEqual([0.6, 0.7, 0.8, 0.9, 1]);
  expect(ticks(0, 37, 5)).toEqual([0, 10, 20, 30]);
  expect(ticks(4, 4, 5)).toEqual([4]);
});

test("an axis of shares begins where its values need it to", () => {
  expect(lowEnd([0.93, 0.97])).toBe(0.8);
  expect(lowEnd([0.93, 0.55])).toBe(0.5);
  expect(lowEnd([0.02])).toBe(0);
  expect(lowEnd([])).toBe(0.8);
});

test("of many days some are named, the first and the last among them", () => {
  expect(sparse([1, 2, 3], 5)).toEqual([1, 2, 3]);
  expect(sparse([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
});
