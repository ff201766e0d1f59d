import { expect, test } from "vitest";

import type { SavedView } from "@/api/types";

import type { CatalogueParams } from "./params";
import { builtIn, BUILT_IN, isSame, kept, opened } from "./views";

function saved(params: CatalogueParams): SavedView {
  return { id: "1", name: "Mine", created_at: "2026-01-01T00:00:00Z", shows: kept(params) };
}

test.each<CatalogueParams>([
  {},
  { q: "dress", by: { brand: "Nord", status: "draft" }, sort: "price", descending: true },
  { photos: false, view: "table", columns: ["price", "status"] },
  { failed: true, unsure: true, descending: false, view: "table" },
])("what is saved is opened as it was", (params) => {
  expect(isSame(opened(saved(params)), params)).toBe(true);
});

test("the views there always are differ, and keep how the list looks", () => {
  const look: CatalogueParams = { view: "table", columns: ["price"] };
  const all = BUILT_IN.map((name) => builtIn(name, { ...look, q: "dress" }));
  expect(all[0]).toEqual(look);
  for (const [place, one] of all.entries()) {
    expect(all.findIndex((other) => isSame(one, other))).toBe(place);
  }
});

test("the order of filters makes no other view", () => {
  const [one, other] = [{ by: { a: "1", b: "2" } }, { by: { b: "2", a: "1" } }];
  expect(isSame(one, other)).toBe(true);
  expect(isSame(one, { by: { a: "1" } })).toBe(false);
});
