import { expect, test } from "vitest";

import { Problem } from "./problem";
import { isOf, refusalsOf } from "./refusals";

function problem(fields: Record<string, string>): Problem {
  return new Problem(422, "invalid_request", "No.", fields);
}

test.each([
  [{ url: "is no address" }, "url", { url: "shop" }, [{ reason: "is no address", value: "shop" }]],
  [{ origins: "are too many" }, "origins", {}, [{ reason: "are too many", value: "" }]],
  [
    { "origins.1": "is no origin", "origins.2": "is no origin" },
    "origins",
    { origins: ["https://a.example", "ftp://b", " "] },
    [
      { reason: "is no origin", value: "ftp://b" },
      { reason: "is no origin", value: "" },
    ],
  ],
  [
    { "filters.attributes.cost.max": "is not a number" },
    "filters",
    { filters: { "attributes.cost": { max: "cheap" } } },
    [{ reason: "is not a number", value: "cheap" }],
  ],
  [{ "images[1]": "is no photo" }, "images", {}, [{ reason: "is no photo", value: "" }]],
  [
    { hides: "must be at most 1" },
    "hides",
    { hides: 7 },
    [{ reason: "must be at most 1", value: "7" }],
  ],
])("of %j the field %s is refused with what was sent", (fields, name, sent, told) => {
  expect(refusalsOf(problem(fields), name, sent)).toEqual(told);
});

test("a value that the reason names is not told twice, and a long one not whole", () => {
  const named = problem({ currency: "XXY is no currency" });
  expect(refusalsOf(named, "currency", { currency: "XXY" })).toEqual([
    { reason: "XXY is no currency", value: "" },
  ]);
  const [long] = refusalsOf(problem({ words: "is too long" }), "words", { words: "x".repeat(300) });
  expect(long?.value).toBe(`${"x".repeat(80)}…`);
});

test("passwords and credentials are never told", () => {
  const error = problem({ password: "is too common", credentials: "are no credentials" });
  const sent = { password: "password1234", credentials: { token: "hush" } };
  expect(refusalsOf(error, "password", sent)[0]?.value).toBe("");
  expect(refusalsOf(error, "credentials", sent)[0]?.value).toBe("");
});

test("an error is of a form's fields where all that it refuses are", () => {
  const error = problem({ name: "is missing", "filters.price": "is no range" });
  expect(isOf(error, ["name", "filters"])).toBe(true);
  expect(isOf(error, ["name"])).toBe(false);
  expect(isOf(problem({ filtered: "is not known here" }), ["filter"])).toBe(false);
  expect(isOf(problem({}), ["name"])).toBe(false);
  expect(isOf(new Error("away"), ["name"])).toBe(false);
});
