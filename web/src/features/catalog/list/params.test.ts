import { expect, test } from "vitest";

import { catalogueParams, isNarrowed, withField, withoutWords } from "./params";

test("only what the catalogue knows is taken from an address", () => {
  expect(
    catalogueParams({
      q: " red dress ",
      by: { category: "", brand: 7 },
      view: "list",
      trash: "yes",
      photos: true,
      evil: "x",
    }),
  ).toEqual({ q: "red dress", by: { brand: "7" } });
  expect(catalogueParams({ by: "brand" })).toEqual({});
  expect(catalogueParams({ view: "table", trash: true })).toEqual({ view: "table", trash: true });
});

test("a text that is longer than the server takes is cut", () => {
  expect(catalogueParams({ q: "x".repeat(900) }).q).toHaveLength(200);
});

test("a filter goes without the others", () => {
  const params = { q: "a", by: { brand: "b" }, trash: true } as const;
  expect(withField(params, "brand", "")).toEqual({ q: "a", trash: true });
  expect(withField(params, "colour", "red").by).toEqual({ brand: "b", colour: "red" });
  expect(withoutWords(params)).toEqual({ by: { brand: "b" }, trash: true });
});

test("the trash and the view alone narrow nothing", () => {
  expect(isNarrowed({ trash: true, view: "table" })).toBe(false);
  expect(isNarrowed({ by: { colour: "red" } })).toBe(true);
  expect(isNarrowed({ photos: false })).toBe(true);
});
