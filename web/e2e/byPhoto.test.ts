import { readFileSync } from "node:fs";

import type { Page, Request, Route } from "playwright-core";

import { expect, test, type Visitor } from "./world/visitor";

const SEARCH = "/v1/search";

test("a photo is sent once, with the search for it, and its address finds it again", async ({
  visitor,
}) => {
  const { page } = visitor;
  await begun(visitor);
  const sent = asked(page);
  await pick(visitor, "outfit.jpg");
  await found(page);
  await page
    .getByRole("status")
    .getByText(/items? on the photo/)
    .waitFor({ state: "attached" });
  expect(sent.map(pathOf)).toEqual([SEARCH, "/v1/detect"]);
  const first = await firstHit(page);
  const searched = page.url();

  await page.goBack();
  await page.waitForURL((url) => !url.searchParams.has("upload"));
  await page.getByText(/best match first/).waitFor({ state: "detached" });
  await page.goForward();
  await found(page);
  expect(await firstHit(page)).toBe(first);
  await page.reload();
  await found(page);
  expect(page.url()).toBe(searched);
  expect(await firstHit(page)).toBe(first);
});

test("what stands beside the photo is asked with it, also what is changed meanwhile", async ({
  visitor,
}) => {
  const { page } = visitor;
  await begun(visitor, "/?sort=price");
  const held = await holding(page);
  await pick(visitor, "outfit.jpg");
  const { request, go } = await held.search;
  expect(request.postData() ?? "").not.toContain("-price");
  await page.getByLabel("Sort by").selectOption("-price");
  await page.waitForURL(/sort=-price/);
  const sent = asked(page);
  await go();
  await found(page);
  expect(new URL(page.url()).searchParams.get("sort")).toBe("-price");
  await expect.poll(() => sent.map(pathOf)).toContain(SEARCH);
});

test("of two photos the later one is searched, whichever is answered first", async ({
  visitor,
}) => {
  const { page } = visitor;
  await begun(visitor);
  const held = await holding(page);
  await pick(visitor, "outfit.jpg");
  const { go } = await held.search;
  await pick(visitor, "two-1.jpg");
  await found(page);
  const address = page.url();
  await go();
  await page.waitForTimeout(300);
  expect(page.url()).toBe(address);
  expect(await page.locator('[data-old="true"]').count()).toBe(0);
});

test("a photo that nobody can read is refused once, beside it, and the next one is found", async ({
  visitor,
}) => {
  const { page } = visitor;
  visitor.allow(/415|422|blob:/);
  await begun(visitor);
  const sent = asked(page);
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({
      name: "broken.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from("no picture"),
    });
  const panel = page.getByRole("region", { name: "Your photo" });
  await panel.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").count()).toBe(1);
  expect(sent.map(pathOf)).toEqual([SEARCH]);
  expect(page.url()).not.toContain("upload=");
  expect(await page.locator('[data-old="false"]').count()).toBe(1);
  await pick(visitor, "outfit.jpg");
  await found(page);
});

test("a level that the search refuses is told by the results, with the photo kept", async ({
  visitor,
}) => {
  const { page } = visitor;
  visitor.allow(/422/);
  await begun(visitor);
  await page.route(`**${SEARCH}`, async (route) => {
    const json = { code: "not_calibrated", fields: { min_level: "needs a calibrated encoder" } };
    await route.fulfill({ status: 422, json });
  });
  await pick(visitor, "outfit.jpg");
  await page.waitForURL(/upload=/);
  await page.locator("#results").getByRole("button").first().waitFor();
  expect(await page.getByRole("region", { name: "Your photo" }).getByRole("alert").count()).toBe(0);
});

async function begun(visitor: Visitor, path = "/"): Promise<void> {
  await visitor.signIn();
  await visitor.go(path);
  await visitor.page.locator('[aria-posinset="1"]').first().waitFor();
}

async function pick({ page, drawn }: Visitor, name: string): Promise<void> {
  const mimeType = "image/jpeg";
  const file = { name, mimeType, buffer: readFileSync(drawn(name)) };
  await page.locator('input[type="file"]').first().setInputFiles(file);
}

/** Until what was found for the photo has replaced what was there before. */
async function found(page: Page): Promise<void> {
  await page.waitForURL(/upload=/);
  await page.getByText(/best match first|best matches/).waitFor();
  await page.locator('[data-old="true"]').waitFor({ state: "detached" });
  await page.locator('[aria-posinset="1"]').first().waitFor();
}

async function firstHit(page: Page): Promise<string | null> {
  return page.locator('[aria-posinset="1"] a').first().getAttribute("href");
}

/** What is posted from now on. */
function asked(page: Page): Request[] {
  const sent: Request[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request);
  });
  return sent;
}

function pathOf(request: Request): string {
  return new URL(request.url()).pathname;
}

interface Held {
  request: Request;
  /** Let the server have it. */
  go: () => Promise<void>;
}

/** Keep the next search from the server. */
async function holding(page: Page): Promise<{ search: Promise<Held> }> {
  const made: { hold?: (held: Held) => void } = {};
  const search = new Promise<Held>((hold) => (made.hold = hold));
  const take = (route: Route, request: Request) =>
    made.hold?.({ request, go: () => route.continue() });
  await page.route(`**${SEARCH}`, take, { times: 1 });
  return { search };
}
