import { expect, test } from "vitest";

import { endOf, isLasting, scopesOf } from "./scopes";

test("a key ends so many days from now, or never", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(endOf("d30", now)).toBe("2026-01-31T00:00:00.000Z");
  expect(endOf("never", now)).toBeNull();
  expect(isLasting("d31")).toBe(false);
});

test("only scopes that there are are asked for, in their order", () => {
  expect(scopesOf(["search", "root", "catalog:read"])).toEqual(["catalog:read", "search"]);
});
