import { expect, test } from "vitest";

import { addressOf, filtersOf, writtenOf } from "./written";

const NOTHING = { facet: "", values: "", min: "", max: "" };

test.each([
  [{}, NOTHING],
  [{ brand: ["Acme", "Other"] }, { ...NOTHING, facet: "brand", values: "Acme, Other" }],
  [{ price: { max: "80" } }, { ...NOTHING, facet: "price", max: "80" }],
])("filters %j are written in a form and read again", (filters, written) => {
  expect(writtenOf(filters)).toEqual(written);
  expect(filtersOf(written)).toEqual(filters);
});

test("one value is written like a list of it, and commas at the end ask for nothing", () => {
  expect(writtenOf({ brand: "Acme" })?.values).toBe("Acme");
  expect(filtersOf({ ...NOTHING, facet: "brand", values: " Acme , ," })).toEqual({
    brand: ["Acme"],
  });
});

test.each([{ brand: ["Acme"], price: { max: 80 } }, { not: { brand: ["Acme"] } }])(
  "filters %j are more than a form can write",
  (filters) => expect(writtenOf(filters)).toBeNull(),
);

test("a preview searches with the filters that a rule is bound to", () => {
  const filters = { category: "Dresses", price: { min: "20" }, not: { brand: ["Acme"] } };
  expect(addressOf(filters)).toEqual({
    any: { category: ["Dresses"] },
    not: { brand: ["Acme"] },
    price: { min: 20 },
  });
});
