import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { test, type Visitor } from "./world/visitor";

// Every screen, light and dark, wide and narrow: a picture of each, and none that axe refuses.

const SCREENS: Readonly<Record<string, readonly [path: string, ready: (page: Page) => unknown]>> = {
  "search-browse": ["/", (page) => page.getByRole("listitem").first().waitFor()],
  "search-words": ["/?q=red+dress", (page) => page.getByText(/best match first/).waitFor()],
  catalogue: ["/catalogue", (page) => page.getByText(/\d+ products/).waitFor()],
  "catalogue-table": ["/catalogue?view=table", (page) => page.getByRole("table").waitFor()],
  trash: [
    "/catalogue?trash=true",
    (page) =>
      page
        .getByText(/The trash is empty|Gone for good/)
        .first()
        .waitFor(),
  ],
  add: ["/add", (page) => page.getByRole("button", { name: "Add the product" }).waitFor()],
  import: ["/import", (page) => page.getByRole("button", { name: "Check the file" }).waitFor()],
  words: ["/settings/words", (page) => page.getByText("Words of the shop").first().waitFor()],
  synonyms: ["/settings/synonyms", (page) => page.getByText("read as another word").waitFor()],
  merchandising: [
    "/settings/merchandising",
    (page) => page.getByRole("button", { name: "New rule" }).waitFor(),
  ],
  jobs: ["/jobs", (page) => page.getByRole("list", { name: "Jobs" }).waitFor()],
  settings: ["/settings", (page) => page.getByRole("heading", { name: "Operation" }).waitFor()],
  account: [
    "/settings/account",
    (page) => page.getByRole("heading", { name: "Password" }).waitFor(),
  ],
  keys: ["/settings/keys", (page) => page.getByText("You have no API keys.").waitFor()],
  quality: [
    "/settings/quality",
    (page) => page.getByRole("button", { name: "Calibrate now" }).waitFor(),
  ],
  users: ["/settings/people", (page) => page.getByRole("list", { name: "Users" }).waitFor()],
  sources: [
    "/settings/sources",
    (page) => page.getByRole("button", { name: "New source" }).waitFor(),
  ],
  webhooks: [
    "/settings/webhooks",
    (page) => page.getByRole("button", { name: "New webhook" }).waitFor(),
  ],
  models: [
    "/settings/models",
    (page) =>
      page
        .getByRole("region", { name: /vitrine-mini/ })
        .first()
        .waitFor(),
  ],
  audit: ["/settings/audit", (page) => page.getByRole("list", { name: "Audit log" }).waitFor()],
  system: ["/settings/system", (page) => page.getByText("All parts work").waitFor()],
  missing: ["/nowhere", (page) => page.getByText("There is nothing here").waitFor()],
};

test("sign-in after a session's end", async ({ visitor }) => {
  await visitor.go("/sign-in?expired=true");
  await visitor.page.getByText("Your session has ended.").waitFor();
  await look(visitor.page, "sign-in");
});

for (const [name, [path, ready]] of Object.entries(SCREENS)) {
  test(name, async ({ visitor }) => {
    await visitor.signIn();
    await visitor.go(path);
    await ready(visitor.page);
    await look(visitor.page, name);
  });
}

test("a photo's items and why a hit is one", async ({ visitor }) => {
  const { page } = visitor;
  await searchByPhoto(visitor);
  await look(page, "search-photo");
  await page
    .getByRole("button", { name: /^Why this:/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("The view that matched").waitFor();
  await look(page, "search-why");
});

test("shop the look", async ({ visitor }) => {
  const { page } = visitor;
  await searchByPhoto(visitor);
  await page.getByRole("button", { name: "Shop the look" }).click();
  await page.waitForURL(/look=/);
  await page.getByText("See all").first().waitFor();
  await look(page, "search-look");
});

test("a product, and editing it", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=navy+dress");
  await page.getByRole("region", { name: "Results" }).getByRole("link").first().click();
  await page.getByRole("heading", { name: "Found on this photo" }).waitFor();
  await look(page, "product");
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").waitFor();
  await look(page, "product-edit");
});

test("a job", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/jobs?kind=import");
  await page
    .getByRole("button", { name: /^\d+ parts: / })
    .first()
    .click();
  await page
    .getByRole("list", { name: /^Parts of/ })
    .getByRole("link")
    .first()
    .click();
  await page.getByText("Find garments").waitFor();
  await look(page, "job");
});

test("forms of the administration", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/people");
  await page.getByRole("button", { name: "New user" }).click();
  await page.getByRole("dialog").waitFor();
  await look(page, "user-new");
  await visitor.go("/settings/sources");
  await page.getByRole("button", { name: "New source" }).click();
  await page.getByRole("dialog").waitFor();
  await look(page, "source-new");
  await visitor.go("/settings/webhooks");
  await page.getByRole("button", { name: "New webhook" }).click();
  await page.getByRole("dialog").waitFor();
  await look(page, "webhook-new");
  await visitor.go("/settings/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("dialog").waitFor();
  await look(page, "key-new");
});

async function searchByPhoto(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await page.locator('input[type="file"]').first().setInputFiles(visitor.drawn("outfit.jpg"));
  await page
    .getByRole("group", { name: "What to search with" })
    .getByRole("button", { name: /dress/i })
    .click();
  await page.getByText(/best match first/).waitFor();
}
