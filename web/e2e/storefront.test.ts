import { readFileSync } from "node:fs";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, inject } from "vitest";

import { exampleShop, type ExampleShop, type Known } from "./world/exampleShop";
import { admin, publishableKey, type Admin } from "./world/admin";
import { settled } from "./world/looks";
import { address, until } from "./world/server";
import {
  box,
  choose,
  focusedTag,
  hit,
  inOrder,
  looked,
  opened,
  pressed,
  prices,
  titles,
} from "./world/shopper";
import { DESK, NARROW, PHONE } from "./world/sizes";
import { expect, test } from "./world/visitor";

const WORDS = "What are you looking for?";
const DRESS = "Red polka-dot midi dress";

const known: Known = { vitrine: "", key: "" };
let shop: ExampleShop;
let stranger: ExampleShop;
let staff: Admin;

beforeAll(async () => {
  known.vitrine = address(inject("place"));
  shop = await exampleShop(known);
  stranger = await exampleShop(known);
  staff = await admin(inject("place"), inject("password"));
  known.key = await publishableKey(staff, shop.origin);
});

afterAll(() => {
  shop.stop();
  stranger.stop();
});

test.for([
  ["a phone", PHONE, ""],
  ["a narrow phone", NARROW, ""],
  ["a desktop", DESK, ""],
  ["a phone, in a shop of hostile styles", PHONE, "?hostile"],
  ["a desktop, in a shop of hostile styles", DESK, "?hostile"],
] as const)(
  "photo, strip, results and another item, on %s",
  async ([name, size, styles], { visitor }) => {
    const { page } = visitor;
    await page.setViewportSize(size);
    await page.goto(`${shop.origin}/${styles}`);
    const sheet = await opened(page);
    await looked(page, `embed-start ${name}`);
    await choose(page, sheet, visitor.drawn("outfit.jpg"));
    await hit(sheet, DRESS).first().waitFor();

    const items = sheet.getByRole("group", { name: "What to search for" });
    await items.getByRole("button").first().waitFor();
    await settled(page);
    const first = await box(sheet.getByRole("listitem").first());
    if (size === PHONE) expect(first.y + first.height).toBeLessThan(size.height);
    const photo = await box(sheet.getByRole("img", { name: "Your photo" }));
    if (size !== DESK) expect(photo.height).toBeLessThan(200);
    await looked(page, `embed-found ${name}`);

    await items.getByRole("button", { name: "Shoes" }).click();
    await expect.poll(() => pressed(items, "Shoes")).toBe("true");
    await expect.poll(async () => (await titles(sheet))[0]).toMatch(/sneakers|shoes|loafers/i);
  },
);

test("the main item is chosen where there is one, and dots stand on the others", async ({
  visitor,
}) => {
  const { page } = visitor;
  await page.goto(shop.origin);
  const sheet = await opened(page);
  await sheet.getByRole("button", { name: "Sample photo 1" }).click();
  const items = sheet.getByRole("group", { name: "What to search for" });
  await items.getByRole("button").first().waitFor();
  // Beside the whole photo, and a box of one's own.
  const count = (await items.getByRole("button").count()) - 2;
  const chosen = await items.locator('[aria-pressed="true"]').count();
  expect(chosen).toBe(1);
  const isWhole = (await pressed(items, "Whole photo")) === "true";
  expect(await sheet.locator(".dot").count()).toBe(isWhole ? count : count - 1);
  expect(await sheet.locator(".box").count()).toBe(isWhole ? 0 : 1);

  await sheet.locator(".dot").first().click();
  await expect.poll(() => pressed(items, "Whole photo")).toBe("false");
  await items.getByRole("button", { name: "Whole photo" }).click();
  await expect.poll(() => sheet.locator(".box").count()).toBe(0);
});

test("words, chips and order; nonsense fits nothing; Escape goes back to the button", async ({
  visitor,
}) => {
  const { page } = visitor;
  await page.setViewportSize(PHONE);
  await page.goto(shop.origin);
  const sheet = await opened(page, true);
  await page.keyboard.type("red polka-dot midi dress");
  await page.keyboard.press("Enter");
  await hit(sheet, DRESS).first().waitFor();
  await sheet.getByText(/^\d+ match(es)?$/).waitFor();

  await sheet.getByRole("button", { name: "Filters" }).click();
  await sheet.getByRole("group", { name: "Colour" }).getByRole("button", { name: /^red/i }).click();
  await sheet.getByRole("button", { name: "Remove: Red" }).waitFor();
  await looked(page, "embed-filters");
  await sheet.getByRole("button", { name: "Remove: Red" }).click();
  await expect.poll(() => sheet.getByRole("button", { name: /^Remove: / }).count()).toBe(0);
  await sheet.getByLabel("Order").selectOption("price");
  await expect.poll(async () => inOrder(await prices(sheet))).toBe(true);

  await sheet.getByRole("combobox", { name: WORDS }).fill("asdfgh qwerty");
  await page.keyboard.press("Enter");
  await sheet.getByRole("heading", { name: "Nothing fits" }).waitFor();
  await looked(page, "embed-nothing");
  await page.keyboard.press("Escape"); // empties the field, as browsers have it
  await page.keyboard.press("Escape");
  await expect.poll(() => sheet.isVisible()).toBe(false);
  await expect.poll(() => focusedTag(page)).toBe("VITRINE-CAMERA");
});

test.for([
  ["a phone", PHONE],
  ["a desktop", DESK],
] as const)("what was recognised is taken away, on %s", async ([name, size], { visitor }) => {
  const { page } = visitor;
  await page.setViewportSize(size);
  await page.goto(shop.origin);
  const sheet = await opened(page);
  await sheet.getByRole("combobox", { name: WORDS }).fill("red dress under 5000 euros");
  await page.keyboard.press("Enter");
  const price = sheet.getByRole("button", { name: /^up to .+5,000.+: Read/ });
  await price.waitFor();
  await looked(page, `embed-recognised ${name}`);
  await price.click();
  await price.waitFor({ state: "detached" });
  await hit(sheet, DRESS).first().waitFor();
});

test.for([
  ["a phone", PHONE],
  ["a desktop", DESK],
] as const)(
  "suggestions while one types, by keyboard, on %s",
  async ([name, size], { visitor }) => {
    const { page } = visitor;
    await page.setViewportSize(size);
    await page.goto(shop.origin);
    const sheet = await opened(page);
    const field = sheet.getByRole("combobox", { name: WORDS });
    await field.pressSequentially("red dre");
    const list = sheet.getByRole("listbox", { name: "Suggestions" });
    await list.getByRole("option").first().waitFor();
    await looked(page, `embed-suggestions ${name}`);
    expect(await field.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    const marked = list.getByRole("option", { selected: true });
    expect(await field.getAttribute("aria-activedescendant")).toBe(await marked.getAttribute("id"));
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "hidden" });
    expect([await sheet.isVisible(), await field.inputValue()]).toEqual([true, "red dre"]);
    await field.pressSequentially("s");
    await list.getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await list.waitFor({ state: "hidden" });
    expect(await field.inputValue()).toMatch(/^red dress/);
    await hit(sheet, DRESS).first().waitFor();
  },
);

test.for([
  ["a phone", PHONE],
  ["a desktop", DESK],
] as const)(
  "a box of one's own, by pointer and by keys, on %s",
  async ([name, size], { visitor }) => {
    const { page } = visitor;
    await page.setViewportSize(size);
    await page.goto(shop.origin);
    const sheet = await opened(page);
    await choose(page, sheet, visitor.drawn("outfit.jpg"));
    await hit(sheet, DRESS).first().waitFor();
    const asked = await fieldsSent(page);
    const draw = sheet.getByRole("button", { name: "Draw a box" });
    await draw.click();
    const ground = sheet.getByRole("application", { name: "Your box on the photo" });
    const { x, y, width, height } = await box(ground);
    await page.mouse.move(x + width * 0.2, y + height * 0.5);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.8, y + height * 0.95, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await asked()).at(0)).toContain("box");
    await looked(page, `embed-own-box ${name}`);
    await ground.press("Shift+ArrowLeft");
    await expect.poll(async () => (await asked()).at(1)).toContain("box");
    await draw.click();
    await expect.poll(async () => (await asked()).length).toBe(3);
    expect((await asked()).at(2)).not.toContain("box");
    await ground.waitFor({ state: "detached" });
  },
);

test("the camera of a desktop takes the photo, and goes off", async ({ visitor }) => {
  const { page } = visitor;
  await page.context().grantPermissions(["camera"], { origin: shop.origin });
  await page.goto(shop.origin);
  const sheet = await opened(page);
  await sheet.getByRole("button", { name: "Take a photo" }).click();
  await sheet.getByRole("button", { name: "Take the picture" }).click();
  await sheet.getByRole("img", { name: "Your photo" }).waitFor();
  expect(await sheet.locator("video").count()).toBe(0);

  visitor.allow(/camera is not allowed/); // the browser notes what a policy forbids
  await page.goto(`${shop.origin}/?blind`);
  const again = await opened(page);
  await again.getByRole("button", { name: "Take a photo" }).click();
  await again.getByText("The camera cannot be used.").waitFor();
});

test("strips of a product's page, a click into the shop, and what of it is counted", async ({
  visitor,
}) => {
  const { page } = visitor;
  const told: unknown[] = [];
  page.on("request", (asked) => {
    if (asked.url().endsWith("/v1/shop/events")) told.push(asked.postDataJSON());
  });
  await page.route("https://shop.example/**", (route) => route.fulfill({ body: "its own page" }));
  const sku = await skuOf(DRESS);
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    await page.goto(`${shop.origin}/p/${sku}?hostile`);
    const similar = page.getByRole("region", { name: "Similar to this" });
    await similar.getByRole("link").first().waitFor();
    expect(await titles(similar)).not.toContain(DRESS);
    await looked(page, `embed-product ${size.width}`);
  }
  await page.goto(`${shop.origin}/p/${sku}`);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("region", { name: "Similar to this" }).getByRole("link").first().click();
  await page.waitForURL(/^https:\/\/shop\.example\/p\//);
  const done = told.flatMap((one) => (one as { events: { type: string }[] }).events);
  expect(done.map(({ type }) => type)).toEqual(["view", "view", "view", "add_to_cart", "click"]);
  expect(done.at(-1)).toMatchObject({ rank: 1, search_id: expect.any(String) as string });
});

test("shop the look: what else is worn on a product's photo, by kind", async ({ visitor }) => {
  const { page } = visitor;
  const form = new FormData();
  const fields = { external_id: "LOOK-1", title: "Dress of the market", category: "Dresses" };
  form.append("product", JSON.stringify(fields));
  form.append("images", new Blob([readFileSync(visitor.drawn("outfit.jpg"))]), "outfit.jpg");
  const made = (await staff.send("POST", "/v1/products", form)) as Made;
  await until(async () => {
    const { status } = (await staff.send("GET", `/v1/jobs/${made.job.id}`)) as { status: string };
    return status === "succeeded";
  }, "its photo to be indexed");
  await page.goto(`${shop.origin}/p/LOOK-1`);
  const look = page.getByRole("region", { name: "Shop the look" });
  await look.getByRole("heading", { name: "Shoes" }).waitFor();
  expect(await look.getByRole("heading", { name: "Dress" }).count()).toBe(0);
  await looked(page, "embed-look");
  await staff.send("DELETE", `/v1/products/${made.product.id}`);
});

test.for([
  ["de", "Mit Foto suchen", "Ähnliche Produkte"],
  ["ja", "写真で検索", "似ている商品"],
] as const)(
  "a shop in %s is spoken to in its language",
  async ([lang, camera, similar], { visitor }) => {
    const { page } = visitor;
    await page.setViewportSize(PHONE);
    await page.goto(`${shop.origin}/?lang=${lang}`);
    await page.getByRole("button", { name: camera }).click();
    await looked(page, `embed-start ${lang}`);
    await page.goto(`${shop.origin}/p/${await skuOf(DRESS)}?lang=${lang}`);
    await page.getByRole("region", { name: similar }).getByRole("link").first().waitFor();
  },
);

test("a shop that the key is not for is told nothing, and frames nothing", async ({ visitor }) => {
  const { page } = visitor;
  visitor.allow(/CORS|ERR_FAILED|frame-ancestors|refused to connect/i);
  await page.goto(`${stranger.origin}/p/${await skuOf(DRESS)}`);
  await expect.poll(() => page.locator("vitrine-similar[hidden]").count()).toBe(1);
  expect(await page.getByRole("link").count()).toBe(1); // the shop's own
  expect(await framed(page, stranger)).toBe(false);
  expect(await framed(page, shop)).toBe(true);
});

test("the storefront: words, photo, filters, and an address that tells", async ({ visitor }) => {
  const { page } = visitor;
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    await visitor.go(`/s?key=${known.key}&lang=en`);
    await page.getByText(/^\d+ products$/).waitFor();
    await looked(page, `storefront-start ${size.width}`);
    await page.getByRole("combobox", { name: WORDS }).fill("red polka-dot midi dress");
    await page.keyboard.press("Enter");
    await hit(page, DRESS).first().waitFor();
    await page.waitForURL(/q=red/);
    await looked(page, `storefront-words ${size.width}`);
  }
  await page.reload();
  await hit(page, DRESS).first().waitFor();
  await page.goBack();
  await page.getByText(/^\d+ products$/).waitFor();
  await page.getByRole("button", { name: "Sample photo 1" }).click();
  await hit(page, DRESS).first().waitFor();
  await looked(page, "storefront-photo");
});

/** What the answer to a new product tells. */
interface Made {
  readonly product: { readonly id: string };
  readonly job: { readonly id: string };
}

/** Whether a page of that shop may show the storefront in a frame. */
async function framed(page: Page, by: ExampleShop): Promise<boolean> {
  const storefront = `${known.vitrine}/s?key=${known.key}&lang=en`;
  await page.goto(by.origin);
  const refused = page
    .waitForEvent("requestfailed", (asked) => asked.url() === storefront)
    .then(() => false);
  await page.evaluate((from) => {
    const frame = document.createElement("iframe");
    frame.src = from;
    document.body.append(frame);
  }, storefront);
  const inside = page.frameLocator("iframe").getByText(/^\d+ products$/);
  return Promise.any([inside.waitFor().then(() => true), refused]);
}

/** The shop's own number of the first product for words; asked without an origin, as programs do. */
async function skuOf(words: string): Promise<string> {
  const answer = await fetch(`${known.vitrine}/v1/shop/search`, {
    method: "POST",
    headers: { "X-Vitrine-Key": known.key, "Content-Type": "application/json" },
    body: JSON.stringify({ text: words, limit: 1 }),
  });
  const { hits } = (await answer.json()) as { hits: { product: { external_id: string } }[] };
  return hits[0]?.product.external_id ?? "";
}

/** From now on the fields of each search by photo; what a browser sends of files is not shown. */
async function fieldsSent(page: Page): Promise<() => Promise<string[][]>> {
  const sent = await page.evaluateHandle(() => {
    const fields: string[][] = [];
    const plain = window.fetch.bind(window);
    window.fetch = (asked, options) => {
      const isSearch = typeof asked === "string" && asked.endsWith("/shop/search");
      if (isSearch && options?.body instanceof FormData) fields.push([...options.body.keys()]);
      return plain(asked, options);
    };
    return fields;
  });
  return () => sent.jsonValue();
}
