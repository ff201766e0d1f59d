import { expect, test } from "vitest";

import {
  AS_FOUND,
  attributeName,
  attributeOf,
  becomes,
  decided,
  sameReading,
  sampleOf,
} from "./reading";

const FOUND = { column: "Artikel", becomes: "attributes.Artikel" };

test("what a person decides stands before what was found", () => {
  const reading = decided(AS_FOUND, { column: "Artikel", becomes: "external_id" }, FOUND.becomes);
  expect(reading.columns).toEqual({ Artikel: "external_id" });
  expect(becomes(reading, FOUND)).toBe("external_id");
  expect(becomes(AS_FOUND, FOUND)).toBe("attributes.Artikel");
});

test("to ignore a column is a decision, to take what was found is none", () => {
  const ignored = decided(AS_FOUND, { column: "Artikel", becomes: "" }, FOUND.becomes);
  expect(ignored.columns).toEqual({ Artikel: "" });
  expect(becomes(ignored, FOUND)).toBe("");
  expect(decided(ignored, FOUND, FOUND.becomes).columns).toEqual({});
});

test("readings are alike whatever the order of their columns", () => {
  const one = { ...AS_FOUND, columns: { a: "title", b: "price" } };
  expect(sameReading(one, { ...AS_FOUND, columns: { b: "price", a: "title" } })).toBe(true);
  expect(sameReading(one, { ...one, currency: "EUR" })).toBe(false);
});

test("an attribute is named after its column", () => {
  expect(attributeOf(" Fit ")).toBe("attributes.Fit");
  expect(attributeName("attributes.Fit")).toBe("Fit");
  expect(attributeName("title")).toBeNull();
});

test("a column is shown with the first thing that stands in it", () => {
  const row = (line: number, cells: Record<string, string>) => ({ line, cells });
  const samples = [row(2, { sku: "A-1", colour: " " }), row(3, { sku: "A-2", colour: "red" })];
  expect(sampleOf({ samples }, "colour")).toBe("red");
  expect(sampleOf({ samples }, "price")).toBe("");
});
