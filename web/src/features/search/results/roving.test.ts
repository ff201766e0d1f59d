import { expect, test } from "vitest";

import { nextOf } from "./useRoving";

test("arrows go to the neighbours, Home and End to the ends, other keys nowhere", () => {
  expect(nextOf("ArrowRight", 4, 3)).toBe(5);
  expect(nextOf("ArrowLeft", 4, 3)).toBe(3);
  expect(nextOf("ArrowDown", 4, 3)).toBe(7);
  expect(nextOf("ArrowUp", 4, 3)).toBe(1);
  expect(nextOf("ArrowUp", 1, 3)).toBe(1);
  expect(nextOf("Home", 4, 3)).toBe(0);
  expect(nextOf("End", 4, 3)).toBe(Infinity);
  expect(nextOf("a", 4, 3)).toBeNull();
});
