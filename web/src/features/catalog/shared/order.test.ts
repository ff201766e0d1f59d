import { expect, test } from "vitest";

import { moved } from "./order";

const LIST = ["a", "b", "c", "d", "e"];

test("a thing moves to a place and the others close up", () => {
  expect(moved(LIST, 3, 0)).toEqual(["d", "a", "b", "c", "e"]);
  expect(moved(LIST, 0, 2)).toEqual(["b", "c", "a", "d", "e"]);
  expect(moved(LIST, 4, 99)).toEqual(LIST);
  expect(moved(LIST, 0, -1)).toEqual(LIST);
});
