import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { until } from "./world/server";
import { expect, test, type Visitor } from "./world/visitor";

const PASSWORD = "a quiet phrase for reviewing";
const WANTED = 20;

test(
  "a reviewer clears twenty items by keyboard alone",
  { timeout: 240_000 },
  async ({ visitor }) => {
    const { page } = visitor;
    await reviewer(visitor, "linus@example.com");
    await visitor.go("/review");
    await title(page).waitFor();
    expect(await page.getByRole("link", { name: "Add products" }).count()).toBe(0);
    const began = Date.now();

    // The keys are told, and can be changed.
    await page.keyboard.press("h");
    const keys = page.getByRole("dialog", { name: "Keys" });
    await keys.getByRole("button", { name: /^Accept: a/i }).press("Enter");
    await page.keyboard.press("j");
    await keys.getByRole("button", { name: /^Accept: j/i }).waitFor();
    await page.keyboard.press("Escape");
    await answer(page, "j");
    await page.keyboard.press("h");
    await keys.getByRole("button", { name: "The usual keys" }).press("Enter");
    await page.keyboard.press("Escape");
    for (let item = 0; item < 4; item += 1) await answer(page, "a");

    // A label is corrected; that is taken back, here and after it was sent.
    const label = page.getByRole("button", { name: "Save corrections" });
    const corrected = await title(page).textContent();
    await choose(page, "Material", "cot");
    await label.waitFor();
    await page.keyboard.press("Backspace");
    await label.waitFor({ state: "detached" });
    await choose(page, "Material", "cot");
    await answer(page, "a");
    await answer(page, "Backspace");
    expect(await title(page).textContent()).toBe(corrected);
    await page.getByText("changed by you").first().waitFor({ state: "attached" });
    await answer(page, "a");

    // A box is drawn, moved, sized and named; another one is rejected, and that taken back.
    const boxes = page.locator("[data-box]");
    const before = await boxes.count();
    await page.keyboard.press("n");
    await expect.poll(() => boxes.count()).toBe(before + 1);
    for (const key of ["ArrowLeft", "ArrowUp", "Shift+ArrowDown"]) await page.keyboard.press(key);
    await page.keyboard.press("k");
    await page.keyboard.type("Shor");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Shorts, kept", exact: true }).waitFor();
    await page.keyboard.press("r");
    const why = page.getByRole("dialog", { name: "Why is this box rejected?" });
    await why.waitFor();
    await page.keyboard.press("2");
    await page.getByRole("button", { name: /^Shorts, rejected: / }).waitFor();
    await page.keyboard.press("Backspace");
    await page.getByRole("button", { name: "Shorts, kept", exact: true }).waitFor();
    await answer(page, "a");

    // Refused as a whole, and taken back; put aside; told to somebody who knows more.
    await answer(page, "x");
    await answer(page, "Backspace");
    await answer(page, "a");
    await answer(page, "Space");
    await page.keyboard.press("f");
    await page
      .getByRole("dialog", { name: "Flag this item" })
      .getByLabel("Comment")
      .and(page.locator(":focus"))
      .waitFor();
    await page.keyboard.type("Two garments?");
    await answer(page, "Enter");
    for (let item = 0; item < 4; item += 1) await answer(page, "a");

    // The rest many at once: those that are alike, but for one.
    await page.getByRole("link", { name: "Alike" }).press("Enter");
    await page.locator("[data-tile]").first().waitFor();
    while ((await done(page)) < WANTED) {
      const tiles = page.locator("[data-tile]");
      await page.locator("[data-tile]:focus").waitFor();
      const all = await tiles.count();
      if (all > 1) {
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Space");
        await page.getByRole("button", { name: `Accept ${all - 1}` }).waitFor();
      }
      await page.keyboard.press("Enter");
      await expect.poll(() => tiles.count()).toBeLessThanOrEqual(1);
      await page.getByRole("button", { name: "Undo" }).and(page.locator(":enabled")).waitFor();
      await visitor.quiet();
      await page.keyboard.press("n");
      await page.locator("[data-tile]").first().waitFor();
    }
    const items = await done(page);
    const seconds = (Date.now() - began) / 1000;
    console.log(JSON.stringify({ reviewed: items, seconds, seconds_per_item: seconds / items }));
    expect(items).toBeGreaterThanOrEqual(WANTED);
    await leave(visitor);
  },
);

test("many at once are taken back as they were accepted", async ({ visitor }) => {
  const { page } = visitor;
  await reviewer(visitor, "rosa@example.com");
  await visitor.go("/review/grid");
  const tiles = page.locator("[data-tile]");
  await tiles.first().waitFor();
  const all = await tiles.count();
  await page.keyboard.press("Enter");
  await expect.poll(() => tiles.count()).toBe(0);
  await page.getByRole("button", { name: "Undo" }).and(page.locator(":enabled")).waitFor();
  await page.keyboard.press("Backspace");
  await expect.poll(() => tiles.count()).toBe(all);
  await look(page, "review-grid");
  await leave(visitor);
});

test("an answer that is not taken comes back with its reason and all that was done", async ({
  visitor,
}) => {
  const { page } = visitor;
  visitor.allow(/409/);
  await reviewer(visitor, "mary@example.com");
  await page.route("**/v1/review/items/*/answer", (route) => {
    const problem = { status: 409, code: "item_outdated", title: "", detail: "It changed." };
    return route.fulfill({ status: 409, json: problem });
  });
  await visitor.go("/review");
  const name = await title(page).textContent();
  await choose(page, "Material", "cot");
  await answer(page, "a");
  await page.getByText(`${name} comes back next: It changed.`).waitFor();
  await page.unroute("**/v1/review/items/*/answer");
  await answer(page, "Space");
  await page.getByRole("alert").getByText("Your answer was not taken: It changed.").waitFor();
  expect(await title(page).textContent()).toBe(name);
  await page.getByRole("button", { name: "Save corrections" }).waitFor();
  await leave(visitor);
});

test("an answer says nothing of a facet that is left aside", async ({ visitor }) => {
  const { page } = visitor;
  await reviewer(visitor, "ines@example.com");
  await visitor.go("/review");
  await title(page).waitFor();
  const eye = page.getByRole("button", { name: "Category: looked at" });
  await eye.and(page.locator('[aria-pressed="true"]')).waitFor();
  await eye.click();
  await eye.and(page.locator('[aria-pressed="false"]')).waitFor();
  await answer(page, "a");
  await expect.poll(() => done(page)).toBe(1);
  const told = await page.context().request.get("/v1/review/answers?limit=1");
  const { answers } = (await told.json()) as { answers: { verified: { looked: unknown } }[] };
  expect(answers[0]?.verified.looked).toMatchObject({
    ...{ facets: expect.not.arrayContaining(["category"]) as unknown, primary: true },
  });
  // So it is on the next item, until it is looked at again.
  await eye.and(page.locator('[aria-pressed="false"]')).click();
  await eye.and(page.locator('[aria-pressed="true"]')).waitFor();
  await leave(visitor);
});

test("the desk, its dialogs, and what it shows when nothing waits", async ({ visitor }) => {
  const { page } = visitor;
  await reviewer(visitor, "june@example.com");
  await visitor.go("/review");
  await title(page).waitFor();
  await look(page, "review-desk");
  await page.keyboard.press(".");
  await page.getByRole("group", { name: "The chosen box" }).waitFor();
  await look(page, "review-box");
  await page.keyboard.press("Escape");
  await page.keyboard.press("l");
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  await look(page, "review-word");
  await page.keyboard.press("Escape");
  await page.keyboard.press("h");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await look(page, "review-keys");
  await page.keyboard.press("Escape");
  await answer(page, "a");
  // A facet that nothing is in doubt about: the desk is clear at once.
  await visitor.go("/review?category=no+such+category");
  await page.getByRole("heading", { name: "Nothing waits" }).waitFor();
  await look(page, "review-nothing");
  await visitor.go("/review/quality");
  await page.getByRole("heading", { name: "Pace" }).waitFor();
  await look(page, "review-quality");
});

/** Sign in as a new reviewer, once the queue is filled. */
async function reviewer(visitor: Visitor, email: string): Promise<void> {
  const { page } = visitor;
  await visitor.signIn();
  const context = page.context();
  const cookies = await context.cookies();
  const token = cookies.find(({ name }) => name === "vitrine_csrf")?.value ?? "";
  const made = await context.request.post("/v1/users", {
    headers: { "X-CSRF-Token": token },
    data: { email, name: email.split("@")[0], role: "reviewer", password: PASSWORD },
  });
  expect(made.status()).toBe(201);
  await until(async () => (await progress(page)).open > 0, "the queue to be filled");
  await context.clearCookies();
  await visitor.signIn(email, PASSWORD);
}

/** Go elsewhere: what was leased is given back. */
async function leave({ page }: Visitor): Promise<void> {
  const given = page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await page.getByRole("link", { name: "Jobs" }).click();
  await given;
}

/** Press the key that answers the item, and wait for the next one. */
async function answer(page: Page, key: string): Promise<void> {
  const before = await title(page).textContent();
  await page.keyboard.press(key);
  await expect.poll(() => title(page).textContent()).not.toBe(before);
  await page.locator('[aria-busy="true"]').waitFor({ state: "detached" });
}

/** Walk to a facet, and choose the first word of it that some letters find. */
async function choose(page: Page, facet: string, letters: string): Promise<void> {
  const open = page.locator('button[aria-expanded="true"]').getByText(facet);
  for (let step = 0; step < 12 && (await open.count()) === 0; step += 1) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("l");
  await page.keyboard.type(letters);
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save corrections" }).waitFor();
}

function title(page: Page) {
  return page.locator("#review-product");
}

/** How many items this reviewer answered. */
async function done(page: Page): Promise<number> {
  return (await progress(page)).mine_today;
}

async function progress(page: Page): Promise<{ open: number; mine_today: number }> {
  const answer = await page.context().request.get("/v1/review/progress");
  return (await answer.json()) as { open: number; mine_today: number };
}
