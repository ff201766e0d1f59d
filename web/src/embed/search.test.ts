import { beforeEach, expect, test, vi } from "vitest";

import type { Found, Hit, Product } from "./answers";
import type { Photo } from "./photo";
import { Search } from "./search";
import { Shop } from "./shop";
import { Deeds } from "./visit";

/** What was asked of the API: the end of its address, and what came with it. */
interface Call {
  readonly path: string;
  readonly fields: Record<string, unknown>;
  readonly options: RequestInit;
}

const calls: Call[] = [];
let answers: Record<string, () => Response | Promise<Response>>;

beforeEach(() => {
  calls.length = 0;
  answers = {
    search: () => Response.json(found(["a", "b"])),
    detect: () => Response.json({ width: 4, height: 8, main: 1, items: [] }),
    events: () => new Response("{}", { status: 202 }),
  };
  vi.stubGlobal("fetch", (address: string, options: RequestInit) => {
    const path = address.replace("https://vitrine.example/v1/shop/", "");
    calls.push({ path, fields: fieldsOf(options.body), options });
    return Promise.resolve(answers[path]?.() ?? new Response("{}", { status: 404 }));
  });
});

test("words are asked for with the key, and no cookie goes along", async () => {
  const search = begun();
  await settled(search, () => search.ask({ words: "red dress" }));
  const [call] = asked("search");
  expect(call?.fields).toMatchObject({ text: "red dress", language: "de" });
  expect(call?.options.credentials).toBe("omit");
  expect(call?.options.headers).toMatchObject({ "X-Vitrine-Key": "pk_1" });
  expect(search.found?.hits).toHaveLength(2);
  expect(asked("events")[0]?.fields.events).toEqual([{ type: "search", search_id: "s" }]);
});

test("a photo is searched with, then looked at, each part of it when it is chosen", async () => {
  const search = begun();
  await settled(search, () => search.ask({ photo: PHOTO }));
  await vi.waitFor(() => expect(search.seen?.main).toBe(1));
  expect(calls.map(({ path }) => path).slice(0, 2)).toEqual(["search", "events"]);
  expect(asked("detect")).toHaveLength(1);
  expect(asked("search")[0]?.fields).toMatchObject({ image: expect.any(File) as File });
  expect(asked("search")[0]?.fields).not.toHaveProperty("item");

  await settled(search, () => search.ask({ part: 3 }));
  expect(asked("search")[1]?.fields).toMatchObject({ item: "3" });
  await settled(search, () => search.ask({ part: "whole", filters: { colour: ["red"] } }));
  expect(asked("search")[2]?.fields).toMatchObject({
    box: "[0,0,40,80]",
    filters: '{"colour":["red"]}',
  });
  expect(asked("detect")).toHaveLength(1);
});

test("what was recognised in words is read as words alone until other words are asked", async () => {
  const search = begun();
  await settled(search, () => search.ask({ words: "dress under 60 euros" }));
  await settled(search, () => search.ask({ plain: ["under 60 euros"] }));
  expect(asked("search")[1]?.fields).toMatchObject({ plain_words: ["under 60 euros"] });
  await settled(search, () => search.ask({ sort: "price" }));
  expect(asked("search")[2]?.fields).toMatchObject({ plain_words: ["under 60 euros"] });
  await settled(search, () => search.ask({ words: "skirt under 60 euros" }));
  expect(asked("search")[3]?.fields).not.toHaveProperty("plain_words");
});

test("what was asked before and answers late is not shown", async () => {
  const search = begun();
  let answer: (given: Response) => void = () => undefined;
  answers.search = () => new Promise((done) => (answer = done));
  search.ask({ words: "slow" });
  const late = answer;
  answers.search = () => Response.json(found(["quick"]));
  await settled(search, () => search.ask({ words: "quick" }));
  late(Response.json(found(["slow"])));
  await new Promise((done) => setTimeout(done));
  expect(search.found?.hits.map(({ product }) => product.id)).toEqual(["quick"]);
});

test("the next page comes after the hits there are", async () => {
  const search = begun();
  answers.search = () => Response.json(found(["a"], "next"));
  await settled(search, () => search.ask({ words: "dress" }));
  answers.search = () => Response.json(found(["b"]));
  await search.more();
  expect(asked("search")[1]?.fields).toMatchObject({ cursor: "next", text: "dress" });
  expect(search.found?.hits.map(({ product }) => product.id)).toEqual(["a", "b"]);
  await search.more();
  expect(asked("search")).toHaveLength(2);
});

test("a refusal is kept with its wait, and the same is asked again", async () => {
  const search = begun();
  const headers = { "Retry-After": "7" };
  answers.search = () => Response.json({ code: "too_many_requests" }, { status: 429, headers });
  await settled(search, () => search.ask({ words: "dress" }));
  expect(search.problem).toMatchObject({ status: 429, code: "too_many_requests", wait: 7 });
  answers.search = () => Response.json(found(["a"]));
  await settled(search, () => search.again());
  expect([search.problem, search.found?.hits.length]).toEqual([null, 1]);
});

test("without anything asked only a page looks through the catalogue", async () => {
  const sheet = begun();
  sheet.ask({ words: "" });
  expect([sheet.busy, asked("search").length]).toEqual([false, 0]);
  const page = begun(true);
  await settled(page, () => page.ask({}));
  expect(asked("search")).toHaveLength(1);
  expect(asked("events")).toHaveLength(0);
});

const PHOTO = {
  bytes: new Blob(["jpeg"], { type: "image/jpeg" }),
  canvas: { width: 40, height: 80 },
} as unknown as Photo;

function begun(browses = false): Search {
  const shop = new Shop("https://vitrine.example/", "pk_1");
  return new Search(shop, new Deeds(shop, false), "de", browses);
}

function asked(path: string): Call[] {
  return calls.filter((call) => call.path === path);
}

async function settled(search: Search, act: () => void): Promise<void> {
  act();
  await vi.waitFor(() => expect(search.busy).toBe(false));
}

function found(ids: readonly string[], next: string | null = null): Found {
  const hits = ids.map((id) => ({ product: { id } as Product }) as Hit);
  return {
    search_id: "s",
    total: 2,
    capped: false,
    sorted: null,
    recognised: [],
    fits: true,
    facets: [],
    price_range: null,
    next_cursor: next,
    hits,
  };
}

function fieldsOf(body: BodyInit | null | undefined): Record<string, unknown> {
  if (body instanceof FormData) return Object.fromEntries(body);
  return JSON.parse(typeof body === "string" ? body : "{}") as Record<string, unknown>;
}
