import { expect, test } from "vitest";

import { NONE, stillThere, toggled } from "./chosen";

const LIST = ["a", "b", "c", "d", "e"];

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
