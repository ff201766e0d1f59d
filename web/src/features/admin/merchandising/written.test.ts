import { expect, test } from "vitest";

import { addressOf, BLANK, filtersOf, writtenOf } from "./written";

test.each([
  [{}, []],
  [{ brand: ["Acme", "Other, Inc."] }, [{ ...BLANK, facet: "brand", values: "Acme\nOther, Inc." }]],
  [{ price: { max: "80" } }, [{ ...BLANK, facet: "price", max: "80" }]],
  [
    { category: ["Dresses"], price: { min: "20" }, not: { brand: ["Acme"], price: { min: "90" } } },
    [
      { ...BLANK, facet: "category", values: "Dresses" },
      { ...BLANK, facet: "price", min: "20" },
      { ...BLANK, facet: "brand", values: "Acme", not: true },
      { ...BLANK, facet: "price", min: "90", not: true },
    ],
  ],
])("filters %j are written in a form and read again", (filters, written) => {
  expect(writtenOf(filters)).toEqual(written);
  expect(filtersOf(written)).toEqual(filters);
});

test("one value is written like a list of it, and lines that say nothing ask for nothing", () => {
  expect(writtenOf({ brand: "Acme" })[0]?.values).toBe("Acme");
  expect(filtersOf([BLANK, { ...BLANK, facet: "brand", values: " Acme \n\n" }])).toEqual({
    brand: ["Acme"],
  });
});

test("several lines about one facet are one filter", () => {
  const colours = ["red", "blue"].map((values) => ({ ...BLANK, facet: "colour", values }));
  const bounds = [
    { ...BLANK, facet: "price", min: "5" },
    { ...BLANK, facet: "price", max: "9" },
  ];
  expect(filtersOf([...colours, ...bounds])).toEqual({
    colour: ["red", "blue"],
    price: { min: "5", max: "9" },
  });
});

test("a preview searches with the filters that a rule is bound to", () => {
  const filters = { category: "Dresses", price: { min: "20" }, not: { brand: ["Acme"] } };
  expect(addressOf(filters)).toEqual({
    any: { category: ["Dresses"] },
    not: { brand: ["Acme"] },
    price: { min: 20 },
  });
});
