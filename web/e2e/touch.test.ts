import type { Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

import { shopWithKey } from "./world/exampleShop";
import { settled } from "./world/looks";
import { address } from "./world/server";
import { choose, hit, opened } from "./world/shopper";
import { tooSmall } from "./world/touch";
import { expect, onPhone, type Visitor } from "./world/visitor";

// On a phone each control is as large as a finger, and nothing that is typed makes the phone zoom.

let shop: Awaited<ReturnType<typeof shopWithKey>>;

beforeAll(async () => {
  shop = await shopWithKey();
});

afterAll(() => shop.stop());

const PAGES = [
  "/",
  "/?q=red+dress",
  "/catalogue",
  "/catalogue?view=table",
  "/catalogue?trash=true",
  "/add",
  "/import",
  "/jobs",
  "/review",
  "/settings",
  "/settings/account",
  "/settings/keys",
  "/settings/general",
  "/settings/words",
  "/settings/synonyms",
  "/settings/merchandising",
  "/settings/shop-keys",
  "/settings/analytics",
  "/settings/sources",
  "/settings/people",
  "/settings/webhooks",
  "/settings/models",
  "/settings/quality",
  "/settings/audit",
  "/settings/system",
];

onPhone("sign-in", async ({ visitor }) => {
  await visitor.go("/sign-in");
  await visitor.page.getByRole("button", { name: "Sign in" }).waitFor();
  await fits(visitor.page);
});

onPhone.for(PAGES)("%s", async (path, { visitor }) => {
  await visitor.signIn();
  await visitor.go(path);
  await visitor.page.getByRole("heading", { level: 1 }).waitFor();
  await fits(visitor.page);
});

onPhone("a product, the form that changes it, and the account's menu", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=navy+dress");
  await page.getByRole("region", { name: "Results" }).getByRole("link").first().click();
  await page.getByRole("heading", { name: "Found on this photo" }).waitFor();
  await fits(page);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").waitFor();
  await fits(page);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menu").waitFor();
  await fits(page);
});

onPhone("a photo's items, filters and why a hit is one", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await page.locator('input[type="file"]').first().setInputFiles(visitor.drawn("outfit.jpg"));
  await page.getByText(/best match first/).waitFor();
  await fits(page);
  await page.getByRole("button", { name: /^Filters/ }).click();
  await page.getByRole("dialog").waitFor();
  await fits(page);
  await page.keyboard.press("Escape");
  await page
    .getByRole("button", { name: /^Why this:/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("The view that matched").waitFor();
  await fits(page);
});

onPhone.for([
  ["/settings/people", "New user"],
  ["/settings/sources", "New source"],
  ["/settings/webhooks", "New webhook"],
  ["/settings/keys", "New key"],
  ["/settings/shop-keys", "New shop key"],
  ["/settings/merchandising", "New rule"],
] as const)("the form of %s", async ([path, name], { visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go(path);
  await page.getByRole("button", { name }).first().click();
  await page.getByRole("dialog").waitFor();
  await fits(page);
});

onPhone("the sheet in a shop's page: start, photo, filters", async ({ visitor }) => {
  const { page } = visitor;
  await page.goto(shop.origin);
  const sheet = await opened(page);
  await fits(page, "vitrine-sheet");
  await choose(page, sheet, visitor.drawn("outfit.jpg"));
  await sheet.getByRole("listitem").first().waitFor();
  await fits(page, "vitrine-sheet");
  await sheet.getByRole("button", { name: "Filters" }).click();
  await fits(page, "vitrine-sheet");
});

onPhone("the strips of a product's page, and the storefront", async ({ visitor }) => {
  const { page } = visitor;
  await page.goto(`${shop.origin}/p/${await firstOf(visitor)}`);
  await page.getByRole("region", { name: "Similar to this" }).getByRole("link").first().waitFor();
  await fits(page, "vitrine-similar");
  await visitor.go(`/s?key=${shop.key}&lang=en&q=red+dress`);
  await hit(page, "dress").first().waitFor();
  await fits(page);
});

/** Nothing of a page is too small for fingers; `part` names ours in a page of a shop. */
async function fits(page: Page, part?: string): Promise<void> {
  await settled(page);
  expect(await page.evaluate(() => matchMedia("(pointer: coarse)").matches)).toBe(true);
  expect(await tooSmall(page, part), page.url()).toEqual([]);
}

/** The shop's own number of a product. */
async function firstOf({ place }: Visitor): Promise<string> {
  const answer = await fetch(`${address(place)}/v1/shop/search`, {
    method: "POST",
    headers: { "X-Vitrine-Key": shop.key, "Content-Type": "application/json" },
    body: JSON.stringify({ text: "dress", limit: 1 }),
  });
  const { hits } = (await answer.json()) as { hits: { product: { external_id: string } }[] };
  return hits[0]?.product.external_id ?? "";
}
