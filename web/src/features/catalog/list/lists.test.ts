import { expect, test } from "vitest";

import { arrow, moved, NONE, stillThere, toggled } from "./lists";

const LIST = ["a", "b", "c", "d", "e"];

test("a thing moves to a place and the others close up", () => {
  expect(moved(LIST, 3, 0)).toEqual(["d", "a", "b", "c", "e"]);
  expect(moved(LIST, 0, 2)).toEqual(["b", "c", "a", "d", "e"]);
  expect(moved(LIST, 4, 99)).toEqual(LIST);
  expect(moved(LIST, 0, -1)).toEqual(LIST);
});

test("with Shift all between take the state of the last", () => {
  const one = toggled(NONE, LIST, "d", false);
  const range = toggled(one, LIST, "b", true);
  expect([...range.ids].sort()).toEqual(["b", "c", "d"]);
  const off = toggled(range, LIST, "d", true);
  expect([...off.ids]).toEqual([]);
});

test("with Shift but no anchor one thing is chosen", () => {
  expect([...toggled(NONE, LIST, "c", true).ids]).toEqual(["c"]);
});

test("what has left the list is not chosen any more", () => {
  const chosen = toggled(toggled(NONE, LIST, "a", false), LIST, "e", false);
  expect([...stillThere(chosen, ["a", "b"]).ids]).toEqual(["a"]);
  expect(stillThere(chosen, LIST)).toBe(chosen);
});

test("arrows lead through rows and stop at the ends", () => {
  expect(arrow("ArrowDown", 1, 3, 8)).toBe(4);
  expect(arrow("ArrowDown", 6, 3, 8)).toBeNull();
  expect(arrow("ArrowLeft", 0, 3, 8)).toBeNull();
  expect(arrow("End", 2, 3, 8)).toBe(7);
  expect(arrow("Enter", 2, 3, 8)).toBeNull();
});
