import { expect, test } from "vitest";

import { counted, linesOf, sentOf } from "./words";

const TYPED = {
  ...{ name: " Shop ", username: "", password: "", every: "60", share: "20" },
  ...{ format: "auto", columns: "", currency: "", country: "", encoding: "" },
};
const AS_FOUND = { format: "auto", columns: {}, currency: "", country: "", encoding: "" };

test("what has a scheme is an address, anything else a folder", () => {
  const place = " https://shop.example/feed.xml?token=x ";
  expect(sentOf({ ...TYPED, place })).toEqual({
    ...{ name: "Shop", url: place.trim(), folder: "" },
    ...{ every_minutes: 60, hides: 0.2, reading: AS_FOUND },
  });
  expect(sentOf({ ...TYPED, place: "drops/spring" })).toMatchObject({
    ...{ url: "", folder: "drops/spring" },
  });
});

test("a password alone is a token, and none leaves what is kept", () => {
  const place = "https://shop.example/a";
  expect(sentOf({ ...TYPED, place })?.credentials).toBeUndefined();
  expect(sentOf({ ...TYPED, place, password: "p" })?.credentials).toEqual({ token: "p" });
  expect(sentOf({ ...TYPED, place, username: "u", password: "p" })?.credentials).toEqual({
    ...{ username: "u", password: "p" },
  });
});

test("columns are lines, shown as they are typed", () => {
  const columns = { Artikel: "external_id", "a=b": "title", Notiz: "" };
  const typed = { ...TYPED, place: "drops", format: "csv", columns: `\n${linesOf(columns)}\n` };
  expect(sentOf(typed)?.reading).toEqual({ ...AS_FOUND, format: "csv", columns });
  expect(sentOf({ ...typed, columns: "Artikel" })).toBeNull();
  expect(sentOf({ ...typed, columns: "= title" })).toBeNull();
});

test("what became of no product is not told", () => {
  const pull = { id: "", state: "applied", missing: 0, told: "", job_id: null } as const;
  const times = { created_at: "", ended_at: null };
  const counts = { hidden: 2, created: 0, updated: 1, incomplete: 9 };
  expect(counted({ ...pull, ...times, counts })).toEqual([
    { what: "updated", count: 1 },
    { what: "hidden", count: 2 },
  ]);
});
