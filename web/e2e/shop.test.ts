import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { EMAIL } from "./world/setup";
import { expect, test } from "./world/visitor";

test("sign in, import a catalogue, and find what was imported", async ({ visitor }) => {
  const { page, drawn } = visitor;
  await visitor.go("/catalogue");
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByLabel("Password").fill(visitor.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Catalogue", level: 1 }).waitFor();

  const menu = page.getByRole("navigation", { name: "Main" });
  await menu.getByRole("link", { name: "Add products" }).click();
  await page.getByRole("link", { name: "Import a file" }).click();
  await page.getByLabel("Choose or drop a file").setInputFiles(drawn("hats.csv"));
  await page.getByLabel("Photos as a zip").setInputFiles(drawn("hats.zip"));
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("heading", { name: "What would happen" }).waitFor();
  await page.getByRole("button", { name: "Import 4 products" }).click();
  await page.getByText("The import is done.").waitFor();

  await page.getByRole("link", { name: "To the jobs" }).click();
  await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
  await visitor.quiet();
  await search(page, "black leopard-print bucket hat");
  await hit(page, "Black leopard-print bucket hat").waitFor();
});

test("search by photo, pick an item, filter, see why, look for more like it", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await page.locator('input[type="file"]').first().setInputFiles(visitor.drawn("outfit.jpg"));
  const choices = page.getByRole("group", { name: "What to search with" });
  await choices.getByRole("button", { name: /dress/i }).click();
  await hit(page, "Red polka-dot midi dress").waitFor();

  await page.getByRole("checkbox", { name: /^Red/ }).check();
  await page.getByRole("button", { name: /^Remove the filter .*Red/ }).waitFor();
  await expect.poll(() => titles(page)).toContain("Red polka-dot midi dress");

  await hit(page, "Red polka-dot midi dress").hover();
  await page.getByRole("button", { name: "Why this: Red polka-dot midi dress" }).click();
  const why = page.getByRole("dialog", { name: "Why this" });
  await why.getByText("The view that matched").waitFor();
  await why.getByRole("heading", { name: "What made the score" }).waitFor();
  await why.getByRole("button", { name: "More like this" }).click();
  await page.waitForURL(/product=/);
  await expect.poll(() => titles(page)).not.toContain("Red polka-dot midi dress");
  await expect.poll(async () => (await titles(page)).length).toBeGreaterThan(0);

  await page.goBack();
  await page.getByRole("button", { name: /^Remove the filter .*Red/ }).waitFor();
});

test("a product leads back to the results it was opened from, and to the catalogue", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=navy+dress&sort=price");
  await page.getByRole("region", { name: "Results" }).getByRole("link").first().click();
  const back = page.getByRole("button", { name: "Back to the results" });
  await back.waitFor();
  await page.reload();
  await back.click();
  await page.waitForURL(/q=navy.*sort=price/);
  await visitor.go("/catalogue?view=table&sort=title");
  await page.getByRole("rowheader").first().getByRole("link").click();
  await page.waitForURL(/\/products\//);
  const product = page.url();
  await page.getByRole("button", { name: "Back to the catalogue" }).click();
  await page.waitForURL(/catalogue.*sort=title/);
  await page.goto(product);
  await page.getByRole("heading", { name: "Labels" }).waitFor();
  expect(await page.getByRole("button", { name: /^Back to the/ }).count()).toBe(0);
});

test("weigh form against colour, and see a product in other colours", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=red+polka-dot+midi+dress");
  await page.getByText(/best match first/).waitFor();
  const slider = page.getByRole("slider", { name: "What counts" });
  if (!(await tellsParts(page))) {
    expect(await slider.count()).toBe(0);
    return;
  }
  await hit(page, "Red polka-dot midi dress").click();
  const others = page.getByRole("region", { name: "In other colours" });
  await others.getByRole("listitem").first().waitFor();
  const shown = await others.getByRole("listitem").allTextContents();
  expect(shown.filter((text) => text.startsWith("Red "))).toEqual([]);
  expect(shown.filter((text) => text.includes("dress")).length).toBe(shown.length);
  await others.scrollIntoViewIfNeeded();
  await look(page, "product-colourways");

  await others.getByRole("link", { name: "More by form" }).click();
  await page.waitForURL(/product=.*emphasis=-1/);
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("Form alone");
  await expect.poll(async () => (await titles(page)).length).toBeGreaterThan(0);
  const byForm = await titles(page);
  await look(page, "search-emphasis");
  await slider.focus();
  await page.keyboard.press("End");
  await page.waitForURL(/emphasis=1/);
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("Colour alone");
  // The list may grow by a page before the one of colours comes.
  await expect.poll(async () => (await titles(page))[0]).toMatch(/red|burgundy|pink|coral/i);
  expect(await titles(page)).not.toEqual(byForm);
  for (let steps = 0; steps < 4; steps++) await page.keyboard.press("ArrowLeft");
  await page.waitForURL((url) => !url.search.includes("emphasis"));
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("Form and colour");
});

test("nonsense fits nothing, and the nearest are shown below the line", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await search(page, "asdfgh qwerty");
  await page.getByRole("heading", { name: "Nothing fits" }).waitFor();
  const below = page.getByRole("list", { name: "Less alike" });
  await expect.poll(() => below.getByRole("listitem").count()).toBeGreaterThan(0);
  await expect.poll(() => below.getByRole("listitem").count()).toBeLessThan(9);

  await search(page, "red polka-dot midi dress");
  await hit(page, "Red polka-dot midi dress").waitFor();
  await expect.poll(() => page.getByRole("heading", { name: "Nothing fits" }).count()).toBe(0);
});

test("edit a product, delete it and see it vanish from search, restore it", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=green+midi+dress");
  await hit(page, "Green midi dress").click();
  await page.getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Title").fill("Green dress of the journey");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Green dress of the journey", level: 1 }).waitFor();
  const address = page.url();
  await visitor.quiet();

  // No model says lengths: the product has no such label yet.
  const labels = page.getByRole("region", { name: "Labels" });
  const another = labels.getByLabel("Label another facet");
  await another.waitFor();
  expect(await labels.getByLabel("Add a label to Length").count()).toBe(0);
  await another.selectOption("length");
  await labels.getByLabel("Add a label to Length").selectOption("midi");
  await labels.getByRole("button", { name: "Wrong: Length: midi" }).waitFor();
  await labels.getByRole("button", { name: "Leave Length to the model" }).waitFor();

  await search(page, "green midi dress");
  await hit(page, "Green dress of the journey").waitFor();

  await page.goto(address);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Restore" }).waitFor();
  await search(page, "green midi dress");
  // Nothing else may be a green dress: then the nearest stand below the line.
  await expect.poll(async () => (await titles(page)).length).toBeGreaterThan(0);
  expect(await titles(page)).not.toContain("Green dress of the journey");

  await visitor.go("/catalogue?trash=true");
  await page.getByRole("link", { name: "Green dress of the journey" }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("button", { name: "Edit" }).waitFor();
  await visitor.quiet();
  await search(page, "green midi dress");
  await hit(page, "Green dress of the journey").waitFor();
});

test("import a file with bad rows: they are told, and the others come in", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/import");
  await page.getByLabel("Choose or drop a file").setInputFiles(visitor.drawn("bad.csv"));
  await page.getByRole("button", { name: "Check the file" }).click();
  const refused = page.getByRole("region", { name: "Refused and incomplete rows" });
  await refused.getByRole("cell", { name: "E2E-4" }).first().waitFor();
  await refused.getByRole("cell", { name: "E2E-5" }).first().waitFor();
  await page.getByRole("button", { name: "Import 3 products" }).click();
  await page.getByText("The import is done.").waitFor();

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download all as CSV" }).click(),
  ]);
  const stream = await download.createReadStream();
  const lines = Buffer.concat(await stream.toArray()).toString("utf8");
  expect(lines).toContain("E2E-4");
  expect(lines).toContain("price");

  await visitor.go("/catalogue?q=Plain+scarf");
  await page.getByRole("link", { name: "Plain scarf number 3" }).first().waitFor();
  await visitor.quiet();
});

test("find a product with the keyboard alone", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.go("/");
  await page.getByLabel("Email").focus();
  await page.keyboard.type(EMAIL);
  await page.keyboard.press("Tab");
  await page.keyboard.type(visitor.password);
  await page.keyboard.press("Enter");
  const words = page.getByLabel("What to look for");
  await words.waitFor();
  await tabTo(page, () => words.evaluate((input) => input === document.activeElement));
  await page.keyboard.type("white sneakers");
  await page.keyboard.press("Enter");
  await hit(page, "White sneakers").waitFor();
  await tabTo(page, () => focused(page, "White sneakers"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "White sneakers", level: 1 }).waitFor();
  // Focus is in the new page, not behind in the old one.
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("content");
});

async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await page.getByLabel("What to look for").fill(words);
  await page.getByRole("search").getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/q=/);
}

function hit(page: Page, title: string) {
  return page
    .getByRole("region", { name: "Results" })
    .getByRole("link", { name: title, exact: true });
}

function titles(page: Page): Promise<string[]> {
  return page.getByRole("region", { name: "Results" }).getByRole("link").allTextContents();
}

async function tellsParts(page: Page): Promise<boolean> {
  const answer = await page.context().request.get("/v1/vocabulary");
  return ((await answer.json()) as { parts: string[] }).parts.length > 0;
}

async function tabTo(page: Page, there: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await there()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab never got there.");
}

function focused(page: Page, text: string): Promise<boolean> {
  return page.evaluate((wanted) => document.activeElement?.textContent === wanted, text);
}
