import { expect, test } from "vitest";

import { catalogueParams, isNarrowed, without } from "./params";

test("only what the catalogue knows is taken from an address", () => {
  expect(
    catalogueParams({
      q: " red dress ",
      category: "",
      brand: 7,
      view: "list",
      trash: "yes",
      evil: "x",
    }),
  ).toEqual({ q: "red dress", brand: "7" });
  expect(catalogueParams({ view: "table", trash: true })).toEqual({ view: "table", trash: true });
});

test("a text that is longer than the server takes is cut", () => {
  expect(catalogueParams({ q: "x".repeat(900) }).q).toHaveLength(200);
});

test("a filter goes without the others", () => {
  expect(without({ q: "a", brand: "b", trash: true }, "brand")).toEqual({ q: "a", trash: true });
});

test("the trash and the view alone narrow nothing", () => {
  expect(isNarrowed({ trash: true, view: "table" })).toBe(false);
  expect(isNarrowed({ colour: "red" })).toBe(true);
});
