import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { readSettings } from "./settings";
import { Shop } from "./shop";
import { Deeds, visitName } from "./visit";

const told: { visit: string | null; events: Record<string, unknown>[] }[] = [];
let kept: Map<string, string>;

beforeEach(() => {
  told.length = 0;
  kept = new Map();
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    told.push(JSON.parse(body) as (typeof told)[number]);
    return Promise.resolve(new Response("{}", { status: 202 }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a visit keeps its name for a day, and no longer", () => {
  vi.useFakeTimers();
  const name = visitName();
  expect(name).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  expect(visitName()).toBe(name);
  vi.advanceTimersByTime(24 * 60 * 60 * 1000);
  expect(visitName()).not.toBe(name);
});

test("where nothing may be kept a visit has no name", () => {
  vi.stubGlobal("sessionStorage", undefined);
  expect(visitName()).toBeNull();
});

test("what is put into the cart is told with the search that found it", () => {
  const deeds = new Deeds(new Shop("https://vitrine.example/", "pk_1", "visit-1"), true);
  deeds.clicked({ id: "1", external_id: "A" }, { search_id: "s", rank: 3 });
  deeds.did("add_to_cart", "A");
  deeds.did("view", "B");
  expect(told.map(({ events }) => events[0])).toEqual([
    { type: "click", product_id: "1", search_id: "s", rank: 3 },
    { type: "add_to_cart", external_id: "A", search_id: "s", rank: 3 },
    { type: "view", external_id: "B" },
  ]);
  expect(told.every(({ visit }) => visit === "visit-1")).toBe(true);
});

test("of many clicks the last are remembered", () => {
  const deeds = new Deeds(new Shop("https://vitrine.example/", "pk_1"), true);
  for (let rank = 1; rank <= 60; rank++) {
    deeds.clicked({ id: `${rank}`, external_id: `A${rank}` }, { search_id: "s", rank });
  }
  const found = JSON.parse(kept.get("vitrine.found") ?? "{}") as object;
  expect(Object.keys(found)).toHaveLength(50);
  expect(found).toHaveProperty("A60");
  expect(found).not.toHaveProperty("A10");
});

test("with visits off, or for who asks not to be tracked, the browser keeps nothing", () => {
  expect(readSettings(tag({ visit: "off" })).visits).toBe(false);
  expect(readSettings(tag({})).visits).toBe(true);
  vi.stubGlobal("navigator", { globalPrivacyControl: true });
  expect(readSettings(tag({})).visits).toBe(false);
  new Deeds(new Shop("https://vitrine.example/", "pk_1"), false).clicked(
    { id: "1", external_id: "A" },
    { search_id: "s", rank: 1 },
  );
  expect([told[0]?.visit, kept.size]).toEqual([null, 0]);
});

test("the tag says what is to be said, from where, and with which photos to try", () => {
  const settings = readSettings(
    tag({ key: "pk_1", texts: '{"similar":"Passt auch"}', samples: "/a.jpg" }),
  );
  expect(settings).toMatchObject({
    key: "pk_1",
    server: "https://vitrine.example/shop/",
    texts: { similar: "Passt auch" },
    samples: ["https://vitrine.example/a.jpg"],
    theme: "light",
  });
  expect(readSettings(tag({ samples: "none" })).samples).toEqual([]);
  expect(readSettings(tag({})).samples[0]).toBe(
    "https://vitrine.example/shop/vitrine/samples/1.webp",
  );
});

test("on the storefront page its address says the key and the language", () => {
  vi.stubGlobal("location", { search: "?key=pk_2&lang=ja" });
  const settings = readSettings(tag({ storefront: "", key: "pk_1" }));
  expect([settings.key, settings.locale]).toEqual(["pk_2", "ja"]);
});

function tag(dataset: Record<string, string>): HTMLScriptElement {
  const script = { dataset, src: "https://vitrine.example/shop/vitrine.js" };
  return script as unknown as HTMLScriptElement;
}
