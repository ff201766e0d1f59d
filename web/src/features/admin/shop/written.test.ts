import { expect, test } from "vitest";

import { dayOf, endOf, filtersOf, filtersText, lines, snippet } from "./written";

test("lines are what is not blank", () => {
  expect(lines(" https://a.example \n\n https://b.example")).toEqual([
    "https://a.example",
    "https://b.example",
  ]);
});

test("filters are an object of JSON, or nothing", () => {
  expect(filtersOf("")).toEqual({});
  expect(filtersOf('{"availability": ["in_stock"]}')).toEqual({ availability: ["in_stock"] });
  for (const wrong of ["[1]", "null", "{", "in stock"]) expect(filtersOf(wrong)).toBeNull();
  expect(filtersOf(filtersText({ brand: ["Acme"] }))).toEqual({ brand: ["Acme"] });
  expect(filtersText({})).toBe("");
});

test("the code names the server and the key", () => {
  expect(snippet("https://v.example", "pk_1")).toBe(
    '<script src="https://v.example/vitrine.js" data-key="pk_1" async></script>',
  );
});

test("a day comes back as it was chosen", () => {
  expect(dayOf(endOf("2030-02-28"))).toBe("2030-02-28");
  expect([endOf(""), dayOf(null)]).toEqual([null, ""]);
});
