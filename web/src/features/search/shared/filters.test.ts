import { describe, expect, test } from "vitest";

import { actives, asked, dropped, has, readFilters, toggled, withPrice } from "./filters";

describe("toggling", () => {
  test("values of one facet add up", () => {
    const red = toggled(undefined, "any", "colour", "red");
    const both = toggled(red, "any", "colour", "blue");
    expect(both).toEqual({ any: { colour: ["red", "blue"] } });
    expect(has(both, "any", "colour", "blue")).toBe(true);
    expect(has(both, "not", "colour", "blue")).toBe(false);
  });

  test("the last value takes its facet along, and the last facet everything", () => {
    const red = toggled(undefined, "any", "colour", "red");
    expect(toggled(red, "any", "colour", "red")).toBeUndefined();
  });

  test("a value is wanted or left out, never both", () => {
    const wanted = toggled(undefined, "any", "brand", "Acme");
    const out = toggled(wanted, "not", "brand", "Acme");
    expect(out).toEqual({ not: { brand: ["Acme"] } });
    expect(toggled(out, "any", "brand", "Acme")).toEqual({ any: { brand: ["Acme"] } });
  });

  test("other facets and the price stay", () => {
    const start = { any: { brand: ["Acme"] }, price: { max: 80 } };
    expect(toggled(start, "any", "colour", "red")).toEqual({
      any: { brand: ["Acme"], colour: ["red"] },
      price: { max: 80 },
    });
  });
});

test("a price is set and taken away", () => {
  const priced = withPrice(undefined, { min: 20, max: 80 });
  expect(priced).toEqual({ price: { min: 20, max: 80 } });
  expect(withPrice(priced, undefined)).toBeUndefined();
});

test("each active filter can be dropped by itself", () => {
  const start = readFilters({
    any: { colour: ["red", "blue"] },
    not: { brand: ["A"] },
    price: { min: 5 },
  });
  const all = actives(start);
  expect(all).toHaveLength(4);
  let left = start;
  for (const one of all) left = dropped(left, one);
  expect(left).toBeUndefined();
  expect(dropped(start, { way: "any", facet: "colour", value: "red" })).toEqual({
    any: { colour: ["blue"] },
    not: { brand: ["A"] },
    price: { min: 5 },
  });
});

test("the API is asked in its own words", () => {
  const filters = { any: { colour: ["red"] }, not: { brand: ["A"] }, price: { max: 9 } };
  expect(asked(filters)).toEqual({ colour: ["red"], not: { brand: ["A"] }, price: { max: 9 } });
  expect(asked(undefined)).toEqual({});
});

describe("reading", () => {
  test("takes single values, numbers and doubles", () => {
    expect(readFilters({ any: { a: "x", b: [1, true, "y", "y"] } })).toEqual({
      any: { a: ["x"], b: ["1", "true", "y"] },
    });
  });

  test.each([
    null,
    "red",
    [],
    {},
    { any: { colour: [] } },
    { price: { min: "x" } },
    { price: { max: -1 } },
  ])("%j holds no filter", (given) => {
    expect(readFilters(given)).toBeUndefined();
  });
});
