import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Locator } from "playwright-core";
import { beforeAll, inject } from "vitest";

import { admin, publishableKey } from "./world/admin";
import { look } from "./world/looks";
import { address } from "./world/server";
import { SIZES } from "./world/sizes";
import { expect, test, type Visitor } from "./world/visitor";

// What shoppers search, and what of it the people of the shop are shown and may take along.

const SHOP = "https://shop.example";

let key = "";

beforeAll(async () => {
  key = await publishableKey(await admin(inject("place"), inject("password")), SHOP);
});

test.for(SIZES)("what shoppers search, on %s", async ([name, size], { visitor }) => {
  const missed = `kimono for ${name.split(" ")[1] ?? ""}s`;
  const { search_id, hits } = await searched(visitor, { text: "red dress" });
  const product = hits[0]?.product;
  const about = { search_id, rank: 1, product_id: product?.id };
  await asked(visitor, "events", {
    events: [
      { type: "click", ...about },
      { type: "add_to_cart", product_id: product?.id },
    ],
  });
  await searched(visitor, { text: missed, filters: { brand: ["nobody"] } });
  await searchedByPhoto(visitor);

  const { page } = visitor;
  await page.setViewportSize(size);
  await visitor.signIn();
  await visitor.go("/settings/analytics");
  const rows = (title: string) => page.getByRole("group", { name: title }).getByRole("row");
  await rows("What the shop does not have").filter({ hasText: missed }).waitFor();
  expect(await cells(rows("Clicks by rank").nth(1))).toEqual([
    "1",
    matching(/^\d+$/),
    matching(/^[1-9]/),
    matching(/%$/),
  ]);
  expect(await cells(rows("Filtered by").filter({ hasText: "Brand" }))).toEqual([
    "Brand",
    matching(/^[1-9]/),
  ]);
  const words = rows("How they asked").filter({ hasText: "Words" }).first();
  expect(await cells(words)).toEqual([
    "Words",
    matching(/^[1-9]/),
    matching(/\d m?s/),
    matching(/\d m?s/),
  ]);
  await rows("Chosen most")
    .filter({ hasText: product?.title ?? "?" })
    .waitFor();

  const photos = page.getByRole("list", { name: "Photos that nothing fitted" });
  const picture = photos.getByRole("img", { name: /^Photo of a search/ }).first();
  await picture.scrollIntoViewIfNeeded();
  const isThere = () => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0);
  await expect.poll(isThere).toBe(true);
  if (size.width > 1000) await look(page, "analytics");
});

test.for([
  ["What the shop does not have", "misses", "words,searches,last"],
  ["Clicks by rank", "ranks", "rank,seen,clicked"],
  ["Chosen most", "products", "product_id,external_id,title,views,clicks,added"],
  ["Filtered by", "filters", "facet,searches"],
  ["How they asked", "ways", "asked,searches,no_match,median,slow"],
] as const)("the table “%s” as a file", async ([title, file, header], { visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/analytics");
  const table = page.getByRole("group", { name: title });
  await table.waitFor();
  const shown = await table.getByRole("row").count();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: `CSV: ${title}` }).click();
  const taken = await download;
  expect(taken.suggestedFilename()).toBe(`${file}.csv`);
  const copy = join(visitor.place.folder, `${file}.csv`);
  await taken.saveAs(copy);
  const lines = readFileSync(copy, "utf8").trim().split("\r\n");
  expect(lines[0]).toBe(header);
  expect(lines).toHaveLength(shown);
  if (file === "misses") expect(lines.join("\n")).toMatch(/^kimono for phones,1,20/m);
});

test("another span of time is told in the address", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/analytics");
  await page.getByRole("button", { name: "7 days" }).click();
  await page.waitForURL(/days=7/);
  const file = page.getByRole("link", { name: "CSV: Clicks by rank" });
  await expect.poll(() => file.getAttribute("href")).toContain("days=7");
});

interface Found {
  readonly search_id: string;
  readonly hits: readonly { readonly product: { readonly id: string; readonly title: string } }[];
}

async function searched(visitor: Visitor, body: object): Promise<Found> {
  return (await asked(visitor, "search", body)) as Found;
}

/** With a photo, among products of a brand that there is none of. */
async function searchedByPhoto(visitor: Visitor): Promise<void> {
  const form = new FormData();
  const photo = new Blob([readFileSync(visitor.drawn("outfit.jpg"))], { type: "image/jpeg" });
  form.append("image", photo, "me.jpg");
  form.append("filters", JSON.stringify({ brand: ["nobody"] }));
  await asked(visitor, "search", form);
}

/** What a page of the shop asks. */
async function asked({ place }: Visitor, what: string, body: object): Promise<unknown> {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${address(place)}/v1/shop/${what}`, {
    method: "POST",
    headers: {
      "X-Vitrine-Key": key,
      Origin: SHOP,
      ...(!isForm && { "Content-Type": "application/json" }),
    },
    body: isForm ? body : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`);
  return answer.json();
}

function matching(shape: RegExp): string {
  return expect.stringMatching(shape) as string;
}

function cells(row: Locator): Promise<string[]> {
  return row.locator("th, td").allTextContents();
}
