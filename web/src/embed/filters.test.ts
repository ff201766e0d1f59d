import { expect, test } from "vitest";

import { readAddress, writtenAddress } from "./address";
import { bounded, chosen, has, rangeOf, toggled, without, type Filters } from "./filters";
import { amount } from "./narrowing";
import { fitted } from "./photo";

const RED: Filters = { colour: ["red", "blue"], price: { max: "60" } };

test("a value is put to those of its facet, and taken away again", () => {
  expect(toggled({}, "colour", "red")).toEqual({ colour: ["red"] });
  expect(toggled(RED, "colour", "green").colour).toEqual(["red", "blue", "green"]);
  expect(toggled(RED, "colour", "red").colour).toEqual(["blue"]);
  expect(toggled({ colour: ["red"] }, "colour", "red")).toEqual({});
  expect([has(RED, "colour", "red"), has(RED, "brand", "red")]).toEqual([true, false]);
});

test("a range binds where it has a bound, and goes with the last", () => {
  expect(bounded({}, "price", "10", "")).toEqual({ price: { min: "10" } });
  expect(rangeOf(RED, "price")).toEqual({ max: "60" });
  expect(bounded(RED, "price", "", "")).toEqual({ colour: ["red", "blue"] });
});

test("each value and each range is a chip that can be taken away alone", () => {
  const chips = chosen(RED);
  expect(chips).toHaveLength(3);
  const left = chips.reduce<Filters>(without, RED);
  expect(left).toEqual({});
});

test.each([
  ["60", "60"],
  [" 19,90 ", "19.90"],
  ["about 60", ""],
  ["-5", ""],
  ["", ""],
])("of an amount typed as %j is read %j", (typed, read) => {
  expect(amount(typed)).toBe(read);
});

test("a storefront's address says what is asked, and is read the same", () => {
  const asked = { words: "red dress", filters: RED, sort: "-price" };
  const address = writtenAddress(asked, "?key=pk_1&lang=de");
  expect(address).toContain("key=pk_1");
  expect(readAddress(address)).toEqual(asked);
  const plain = { words: "", filters: {}, sort: "relevance" };
  expect(writtenAddress(plain, address)).toBe("?key=pk_1&lang=de");
});

test.each(["?filters=oops", "?filters=null", "?filters=3", '?filters={"colour":"red"}'])(
  "filters that cannot be read in %s are none",
  (address) => {
    expect(readAddress(address).filters).toEqual({});
  },
);

test("a photo is shrunk to fit, and never made larger", () => {
  expect(fitted({ width: 4000, height: 3000 })).toEqual({ width: 1280, height: 960 });
  expect(fitted({ width: 300, height: 400 })).toEqual({ width: 300, height: 400 });
  expect(fitted({ width: 20_000, height: 10 })).toEqual({ width: 1280, height: 1 });
});
