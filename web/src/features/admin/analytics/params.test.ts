import { expect, test } from "vitest";

import { analyticsParams, fileHref } from "./params";

test("only spans that there are, and not the usual one, stand in the address", () => {
  expect(analyticsParams({ days: 7 })).toEqual({ days: 7 });
  for (const days of [30, 8, "7", undefined]) expect(analyticsParams({ days })).toEqual({});
});

test("a file is of the list and the time that are shown", () => {
  expect(fileHref("misses", 90)).toBe("/v1/analytics/export?table=misses&days=90");
});
