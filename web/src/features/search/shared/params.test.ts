import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import { describe, expect, test } from "vitest";

import type { Facet } from "@/api/types";

import { askOf, changed, isAsking, searchParams, WIDENED, type SearchParams } from "./params";

const UPLOAD = "0198a0de-0000-7000-8000-000000000001";
const PRODUCT = "0198a0de-0000-7000-8000-000000000002";

/** What is read back from the address that `params` gives. */
function again(params: SearchParams): SearchParams {
  return searchParams(defaultParseSearch(defaultStringifySearch({ ...params })));
}

test.each<SearchParams>([
  {},
  { q: "red dress" },
  { q: "42" },
  { q: "dress under 60 euros", plain: ["under 60 euros"] },
  { q: 'a "b" & c=d?#é赤' },
  { upload: UPLOAD, item: 2 },
  { upload: UPLOAD, box: [1, 2, 30, 40], q: "in blue", not: "stripes" },
  { upload: UPLOAD, look: true },
  { product: PRODUCT, level: "close", sort: "-price" },
  { product: PRODUCT, emphasis: -0.25 },
  {
    q: "shirt",
    filters: {
      any: { colour: ["red", "navy blue"], "attributes.fit": ["5", "true"] },
      not: { brand: ["A & B"] },
      price: { min: 20, max: 79.5 },
    },
  },
])("%j survives its address", (params) => {
  expect(again(params)).toEqual(params);
});

describe("what cannot go together is left out", () => {
  test.each<[Record<string, unknown>, SearchParams]>([
    [{ upload: UPLOAD, product: PRODUCT }, { upload: UPLOAD }],
    [{ item: 1, box: [0, 0, 5, 5], look: true }, {}],
    [
      { upload: UPLOAD, item: 1, box: [0, 0, 5, 5] },
      { upload: UPLOAD, box: [0, 0, 5, 5] },
    ],
    [
      { upload: UPLOAD, item: 1, look: true, sort: "price" },
      { upload: UPLOAD, look: true },
    ],
    [{ level: "exact", not: "red", emphasis: 1 }, {}],
    [{ plain: ["red"] }, {}],
  ])("%j is read as %j", (given, read) => {
    expect(searchParams(given)).toEqual(read);
  });
});

test("what is not understood is left out", () => {
  expect(
    searchParams({
      q: ["x"],
      upload: "../../etc",
      product: 5,
      item: 1.5,
      sort: "best",
      level: "none",
      emphasis: 1.5,
      filters: "red",
      unknown: 1,
    }),
  ).toEqual({});
});

test("words are trimmed, and blank ones are none", () => {
  expect(searchParams({ q: "  red " })).toEqual({ q: "red" });
  expect(searchParams({ q: "   " })).toEqual({});
});

test("a new photo ends a search by product, and keeps words and filters", () => {
  const before = { q: "in red", product: PRODUCT, filters: { price: { max: 80 } } };
  expect(changed(before, { upload: UPLOAD })).toEqual({
    q: "in red",
    upload: UPLOAD,
    filters: { price: { max: 80 } },
  });
});

test("taking the photo away takes its box along", () => {
  expect(changed({ upload: UPLOAD, box: [0, 0, 5, 5] }, { upload: undefined })).toEqual({});
});

test("widening keeps what is looked for", () => {
  const params = { q: "red", not: "blue", level: "exact", filters: { price: { max: 1 } } } as const;
  expect(changed(params, WIDENED)).toEqual({ q: "red" });
});

test("only words, a photo or a product ask something", () => {
  expect(isAsking({ filters: { price: { max: 1 } }, sort: "price" })).toBe(false);
  expect(isAsking({ q: "red" })).toBe(true);
  expect(isAsking({ product: PRODUCT })).toBe(true);
});

describe("the ask", () => {
  const names = { en: "", de: "", ja: "" };
  const facet = (name: string, source: Facet["source"]): Facet => ({
    ...{ name, names, source },
    ...{ kind: "values", counted: true },
  });
  const FACETS = [
    facet("colour", "field"),
    facet("labels.colour", "label"),
    facet("labels.sleeve", "label"),
    facet("price", "field"),
  ];
  const COUNTED = ["colour", "price", "labels.sleeve"];

  test("names nothing that is not wanted", () => {
    expect(askOf({}, FACETS)).toEqual({ limit: 48, facets: COUNTED });
  });

  test("has the API's names", () => {
    expect(
      askOf(
        {
          q: "in red",
          not: "stripes",
          product: PRODUCT,
          filters: { any: { brand: ["A"] } },
          sort: "newest",
          level: "similar",
          emphasis: -1,
        },
        FACETS,
      ),
    ).toEqual({
      limit: 48,
      facets: COUNTED,
      text: "in red",
      not_text: "stripes",
      product_id: PRODUCT,
      filters: { brand: ["A"] },
      sort: "newest",
      min_level: "similar",
      emphasis: -1,
    });
    expect(askOf({ upload: UPLOAD, look: true }, [])).toMatchObject({ group_by: "item" });
  });
});
