import { expect, test } from "vitest";

import {
  changesOf,
  draftOf,
  editsOf,
  rebased,
  stepped,
  steppedBack,
  toggled,
  withBox,
  withLabels,
  withoutBox,
  withPrimary,
  withVerdict,
  type DraftBox,
  type Edits,
} from "./draft";
import type { ReviewItem } from "@/api/types";

import * as queue from "./queue";
import { sessionOf } from "./session";
import { fitting } from "./words";

type Crop = ReviewItem["photos"][number]["crops"][number];

function cropOf(id: string, more: Partial<Crop> = {}): Crop {
  return {
    ...{ id, image_id: "photo", box: [10, 10, 90, 90], kind: id, score: 0.9, verdict: "kept" },
    ...{ reason: null, verdict_source: "model", measures: {}, primary_score: 1, primary_parts: {} },
    ...more,
  };
}

interface Made {
  crops: Crop[];
  primary: string;
  facets: Record<string, string[]>;
}

function itemOf(id: string, { crops, primary, facets }: Made): ReviewItem {
  const image = { id: "photo", name: "", media_type: "", bytes: 1, width: 100, height: 100 };
  return {
    ...{ id, version: "1", lease_until: "2026-01-01T00:00:00Z", product: {} as never },
    photos: [{ image: { ...image, position: 0 }, crops }],
    ...{ primary_crop_id: primary, primary_source: "model" },
    facets: Object.entries(facets).map(([facet, chosen]) => ({
      ...{ facet, shown: true, candidates: [], chosen, chosen_by: "model" },
      ...{ shop: "", shop_means: null },
    })),
    ...{ doubts: [], priority: 0, traffic: 0, sampled: false, second: false, comment: null },
    state: "open",
  };
}

const ITEM = itemOf("1", {
  crops: [cropOf("dress"), cropOf("bag", { verdict: "rejected", reason: "blurred" })],
  primary: "dress",
  facets: { colour: ["navy"], pattern: ["plain"] },
});
const DRAFT = draftOf(ITEM);
const [DRESS] = DRAFT.boxes as [DraftBox];
const DRAWN: DraftBox = {
  ...{ key: "new-1", imageId: "photo", box: [1, 2, 30, 40], kind: "shoes" },
  ...{ verdict: "kept", reason: null, score: null },
};

test("what is left as it is changes nothing", () => {
  expect(changesOf(ITEM, DRAFT)).toBeNull();
  expect(changesOf(ITEM, withLabels(DRAFT, "colour", ["navy"]))).toBeNull();
});

test("boxes are drawn, moved, named and taken away", () => {
  const moved: DraftBox = { ...DRESS, box: [0, 0, 50, 60], kind: "skirt" };
  const draft = withoutBox(withBox(withBox(DRAFT, DRAWN), moved), "bag");
  expect(changesOf(ITEM, draft)).toEqual({
    boxes: {
      add: [{ key: "new-1", image_id: "photo", box: [1, 2, 30, 40], kind: "shoes" }],
      change: [{ crop_id: "dress", box: [0, 0, 50, 60], kind: "skirt" }],
      remove: ["bag"],
    },
  });
});

test("a new primary is kept, and a rejected one is none any more", () => {
  const draft = withPrimary(DRAFT, "bag");
  expect(changesOf(ITEM, draft)).toEqual({
    primary: "bag",
    verdicts: [{ crop_id: "bag", verdict: "kept" }],
  });
  const rejected = withVerdict(DRAFT, "dress", "rejected", "cut_off");
  expect(rejected.primary).toBeNull();
  expect(changesOf(ITEM, rejected)).toEqual({
    verdicts: [{ crop_id: "dress", verdict: "rejected", reason: "cut_off" }],
  });
});

test("labels are told by facet, where they differ", () => {
  const draft = withLabels(withLabels(DRAFT, "colour", ["black", "navy"]), "pattern", []);
  expect(changesOf(ITEM, draft)).toEqual({
    labels: [
      { facet: "colour", values: ["black", "navy"] },
      { facet: "pattern", values: [] },
    ],
  });
});

test("a value is chosen alone, beside others, and taken away again", () => {
  expect(toggled(["navy"], "black", false)).toEqual(["black"]);
  expect(toggled(["navy"], "black", true)).toEqual(["navy", "black"]);
  expect(toggled(["navy", "black"], "navy", false)).toEqual(["black"]);
});

test("steps go back one by one, but the moves of one box at once", () => {
  const at = (x: number) => withBox(DRAFT, { ...DRESS, box: [x, 0, 50, 60] });
  let edits = stepped(editsOf(ITEM), "colour", withLabels(DRAFT, "colour", ["black"]));
  for (const x of [1, 2, 3]) edits = stepped(edits, "move dress", at(x));
  const back = (steps: number) =>
    Array.from({ length: steps }).reduce<Edits | null>((now) => now && steppedBack(now), edits);
  expect(back(1)?.draft.labels.colour).toEqual(["black"]);
  expect(back(2)?.draft).toEqual(DRAFT);
  expect(back(3)).toBeNull();
});

test("what was changed is kept on what somebody else made of the item", () => {
  const draft = withPrimary(withBox(withLabels(DRAFT, "colour", ["black"]), DRAWN), "bag");
  const now = itemOf("1", {
    crops: [cropOf("dress", { kind: "skirt" }), cropOf("hat")],
    primary: "hat",
    facets: { colour: ["navy"], pattern: ["striped"] },
  });
  const { draft: made, past } = rebased(ITEM, draft, now);
  expect(changesOf(now, made)).toEqual({
    boxes: { add: [expect.objectContaining({ key: "new-1" })], change: [], remove: [] },
    labels: [{ facet: "colour", values: ["black"] }],
  });
  expect(made.labels.pattern).toEqual(["striped"]);
  expect(made.primary).toBe("hat"); // the bag is gone
  expect(past).toHaveLength(1);
});

const PLAIN: Made = { crops: [cropOf("dress")], primary: "dress", facets: { colour: ["navy"] } };
const [FIRST, SECOND, THIRD] = ["1", "2", "3"].map((id) => itemOf(id, PLAIN)) as [
  ReviewItem,
  ReviewItem,
  ReviewItem,
];
const LEASED = queue.leased(queue.EMPTY, [FIRST, SECOND], 9);
const ids = ({ held }: queue.Queue) => held.map(({ item }) => item.id);

test("items come behind those that are here, once each", () => {
  const more = queue.leased(LEASED, [SECOND, THIRD], 8);
  expect(ids(more)).toEqual(["1", "2", "3"]);
  expect(more.isDry).toBe(false);
  expect(queue.leased(more, [], 0).isDry).toBe(true);
});

test("an answer looks at all on the screen, but for facets that are left aside", () => {
  const [held] = queue.seen(queue.leased(queue.EMPTY, [ITEM], 1), "1", "photo").held;
  expect(held && queue.lookedAt(held, new Set())).toEqual({
    ...{ facets: null, primary: true, boxes: true },
  });
  const aside = new Set(["pattern", "fit"]);
  expect(held && queue.lookedAt(held, aside)).toMatchObject({ facets: ["colour"] });
});

test("boxes of a photo that was never shown were not looked at", () => {
  const [photo] = ITEM.photos;
  const other = { image: { ...photo?.image, id: "other" }, crops: [] };
  const two = { ...ITEM, photos: [...ITEM.photos, other] } as ReviewItem;
  const first = queue.seen(queue.leased(queue.EMPTY, [two], 1), "1", "photo");
  const both = queue.seen(queue.seen(first, "1", "other"), "2", "photo");
  const boxes = ({ held: [one] }: queue.Queue) => one && queue.lookedAt(one, new Set()).boxes;
  expect([boxes(first), boxes(both)]).toEqual([false, true]);
});

test("an answer makes room for the next item at once", () => {
  const next = queue.answered(LEASED, "accept", 4);
  expect(ids(next)).toEqual(["2"]);
  expect(next.past).toMatchObject([{ item: { id: "1" }, outcome: "accept", answerId: null }]);
  expect(next.open).toBe(8);
  expect(queue.taken(next, "1", "answer").past).toMatchObject([{ answerId: "answer" }]);
});

test("a refused answer comes back next, with its reason and all that was changed", () => {
  const black = withLabels(draftOf(FIRST), "colour", ["black"]);
  const sent = queue.answered(
    queue.edited(LEASED, stepped(editsOf(FIRST), "colour", black)),
    "correct",
    6,
  );
  const back = queue.refused(sent, "1", "It changed meanwhile.", { ...FIRST, version: "2" });
  expect(ids(back)).toEqual(["2", "1"]);
  expect(back.past).toEqual([]);
  expect(back.held[1]).toMatchObject({ problem: "It changed meanwhile.", item: { version: "2" } });
  expect(back.held[1]?.edits.draft.labels.colour).toEqual(["black"]);
});

test("undo shows the item again at once, and what the server has of it once it is here", () => {
  const undone = queue.recalled(queue.answered(LEASED, "accept", 4));
  expect(ids(undone)).toEqual(["1", "2"]);
  expect(undone.held[0]?.isComing).toBe(true);
  const here = queue.renewed(undone, { ...FIRST, version: "7" });
  expect(here.held[0]).toMatchObject({ isComing: false, item: { version: "7" } });
  expect(queue.recalled(LEASED)).toBe(LEASED);
});

test("a longer lease leaves what is being edited alone", () => {
  const edits = stepped(editsOf(FIRST), "colour", withLabels(draftOf(FIRST), "colour", []));
  const held = queue.renewed(queue.edited(LEASED, edits), { ...FIRST, lease_until: "later" });
  expect(held.held[0]?.edits).toBe(edits);
});

test("an item that went to somebody else goes, unless it was worked on", () => {
  expect(ids(queue.lost(LEASED, "1", "Ada has it."))).toEqual(["2"]);
  const edits = stepped(editsOf(FIRST), "colour", withLabels(draftOf(FIRST), "colour", []));
  const kept = queue.lost(queue.edited(LEASED, edits), "1", "Ada has it.");
  expect(kept.held[0]).toMatchObject({ edits, problem: "Ada has it." });
  // Skipped, it is gone.
  expect(ids(queue.refused(queue.answered(kept, "skip", 1), "1", "Ada has it."))).toEqual(["2"]);
});

test("figures are of answers that stand; what was skipped is none", () => {
  const three = queue.leased(LEASED, [THIRD], 9);
  const one = queue.answered(three, "accept", 3);
  const two = queue.answered(one, "correct", 9);
  expect(sessionOf(queue.answered(two, "skip", 70).past)).toEqual({
    ...{ answered: 2, corrected: 1, median: 6 },
  });
  expect(sessionOf(queue.recalled(two).past)).toMatchObject({ answered: 1, median: 3 });
  expect(sessionOf([]).median).toBeNull();
});

test("some letters find a word, those at its beginning first", () => {
  const words = ["Dark red", "Red", "Navy"].map((name) => ({ name }));
  expect(fitting(words, " re").map(({ name }) => name)).toEqual(["Red", "Dark red"]);
  expect(fitting(words, "")).toBe(words);
  expect(fitting(words, "x")).toEqual([]);
});
