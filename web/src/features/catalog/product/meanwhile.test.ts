import { expect, test } from "vitest";

import { Problem } from "@/api/problem";
import type { Fields, ProductField, ProductFields } from "@/api/types";

import { draftOf, fieldsOf } from "../shared/validate";
import { changedMeanwhile, presentOf, valueIn, withValue } from "./meanwhile";

const BEFORE: ProductFields = {
  ...{ external_id: "A-1", title: "Shirt", brand: "Nord", price: "5.00" },
  attributes: { fit: "slim", sizes: ["S"], length: 70 },
};

const field = (name: string, kind: ProductField["kind"]): ProductField => ({
  ...{ name, kind, names: { en: "", de: "", ja: "" }, max_length: null, required: false },
  ...{ facet: false, listed: false, shared: false, choices: [] },
});

const DECLARED: Fields = {
  fields: [
    ...["external_id", "title", "brand"].map((name) => field(name, "text")),
    field("price", "amount"),
    field("attributes", "attributes"),
  ],
  facets: [],
  attributes: { most: 100, longest_name: 100, longest_value: 4_000 },
};

test("what only others changed is told, and clashes with nothing", () => {
  const present = {
    ...BEFORE,
    title: "Blouse",
    attributes: { fit: "slim", length: 70, lined: true },
  };
  expect(changedMeanwhile(BEFORE, present, BEFORE)).toEqual([
    { field: "title", theirs: "Blouse", mine: "Shirt", clashes: false },
    { field: "attributes.sizes", theirs: undefined, mine: ["S"], clashes: false },
    { field: "attributes.lined", theirs: true, mine: undefined, clashes: false },
  ]);
});

test("what both changed clashes, unless both say the same", () => {
  const present = { ...BEFORE, title: "Blouse", brand: "South", price: null };
  const form = { ...BEFORE, title: "Tunic", brand: "South", colour: "red" };
  expect(changedMeanwhile(BEFORE, present, form)).toEqual([
    { field: "title", theirs: "Blouse", mine: "Tunic", clashes: true },
    { field: "price", theirs: null, mine: "5.00", clashes: false },
  ]);
});

test("a value goes into a form and comes out again", () => {
  const draft = draftOf({ ...BEFORE, attributes: BEFORE.attributes ?? {} }, DECLARED);
  const before = fieldsOf(draft, DECLARED);
  for (const [name, value] of [
    ["title", "Blouse"],
    ["price", null],
    ["attributes.fit", "wide"],
    ["attributes.sizes", ["M", "L"]],
    ["attributes.lined", true],
    ["attributes.length", undefined],
  ] as const) {
    const changed = fieldsOf(withValue(draft, name, value), DECLARED);
    expect(valueIn(changed, name), name).toEqual(value);
    expect(changedMeanwhile(before, changed, before), name).toHaveLength(1);
  }
});

test("the present product comes with a 412 only", () => {
  const present = { id: "1", version: "abc" };
  const problem = (status: number, told: unknown) => new Problem(status, "", "", {}, "", told);
  expect(presentOf(problem(412, present))).toBe(present);
  expect(presentOf(problem(409, present))).toBeNull();
  expect(presentOf(problem(412, undefined))).toBeNull();
  expect(presentOf(new Error("412"))).toBeNull();
});
