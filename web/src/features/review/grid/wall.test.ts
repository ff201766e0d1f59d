import { expect, test } from "vitest";

import type { ReviewItem } from "@/api/types";

import { gridParams } from "./params";
import { accepted, EMPTY, laid, marked, markedAll, restored, settled, toggled } from "./wall";

const itemOf = (id: string) => ({ id }) as ReviewItem;
const items = ["1", "2", "3"].map(itemOf);
const WALL = laid(EMPTY, items, 7);
const ids = (all: readonly ReviewItem[]) => all.map(({ id }) => id);

test("all are marked until the odd one out is found", () => {
  expect(ids(marked(WALL))).toEqual(["1", "2", "3"]);
  const two = toggled(WALL, "2");
  expect(ids(marked(two))).toEqual(["1", "3"]);
  expect(ids(marked(markedAll(two)))).toEqual(["1", "2", "3"]);
  expect(marked(markedAll(WALL))).toEqual([]);
});

test("what is accepted makes room at once, and what was refused comes back with its reason", () => {
  const sent = accepted(toggled(WALL, "2"), 1);
  expect(sent.tiles.map(({ item }) => item.id)).toEqual(["2"]);
  expect(sent.open).toBe(5);
  const back = settled(sent, 1, [
    { itemId: "1", answerId: "a", problem: null },
    { itemId: "3", answerId: null, problem: "Ada has it." },
  ]);
  expect(back.tiles).toMatchObject([
    { item: { id: "3" }, isMarked: false, problem: "Ada has it." },
    { item: { id: "2" } },
  ]);
  expect(back.past).toMatchObject([{ answerIds: ["a"] }]);
  const undone = restored(back, 1, [itemOf("1")]);
  expect(undone.tiles[0]).toMatchObject({ item: { id: "1" }, isMarked: true });
  expect(undone.past).toEqual([]);
});

test("a batch that was refused as a whole leaves nothing to undo", () => {
  const outcomes = items.map(({ id }) => ({ itemId: id, answerId: null, problem: "Away." }));
  const back = settled(accepted(WALL, 1), 1, outcomes);
  expect(back.tiles).toHaveLength(3);
  expect(back.past).toEqual([]);
  expect(back.open).toBe(7);
});

test("an address names a facet's value", () => {
  expect(gridParams({ facet: "colour", value: "navy", more: 1 })).toEqual({
    facet: "colour",
    value: "navy",
  });
  expect(gridParams({ value: "navy" })).toEqual({});
});
