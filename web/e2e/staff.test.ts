import type { Page } from "playwright-core";

import { admin } from "./world/admin";
import { look } from "./world/looks";
import { inOrder } from "./world/shopper";
import { expect, test, type Visitor } from "./world/visitor";

const PASSWORD = "a long and quiet viewer phrase";

test("jobs: a batch is one row that unfolds, housekeeping is folded away", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/jobs");
  const rows = page.getByRole("list", { name: "Jobs", exact: true }).getByRole("listitem");
  const batch = rows.filter({ hasText: "Import a file: catalogue.csv" });
  await batch.getByRole("button", { name: /^\d+ parts: / }).click();
  const parts = batch.getByRole("list", { name: /^Parts of/ }).getByRole("listitem");
  await expect.poll(() => parts.count()).toBe(20);
  await batch.getByRole("button", { name: "Show more" }).click();
  await expect.poll(() => parts.count()).toBeGreaterThan(20);
  expect(await page.getByRole("link", { name: "Sort the review list" }).count()).toBe(0);
  await look(page, "jobs-batch");
  await page.getByRole("button", { name: /^Housekeeping/ }).click();
  await page.waitForURL(/housekeeping=true/);
  await page.getByRole("link", { name: "Sort the review list" }).first().waitFor();
  await look(page, "jobs-housekeeping");
});

test("jobs: what failed comes first, with its reason and another try", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await failing(page);
  await visitor.go("/jobs");
  const rows = page.getByRole("list", { name: "Jobs", exact: true }).getByRole("listitem");
  const first = rows.first();
  await first.getByText("2 of 3 failed. The first: The file is torn.").waitFor();
  await look(page, "jobs-failed");
  const asked = page.waitForRequest(/retry-failed\?batch_id=/);
  await first.getByRole("button", { name: "Try again: Import a file: spring.csv" }).click();
  await asked;
  await page.getByText("2 jobs are queued again.").waitFor();
});

test("catalogue: sort, choose columns, save a view, export it", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/catalogue?view=table");
  await page.getByRole("columnheader", { name: "Price" }).getByRole("button").click();
  await page.waitForURL(/sort=price/);
  await expect.poll(async () => inOrder(await prices(page))).toBe(true);
  await page.getByRole("columnheader", { name: "Price" }).getByRole("button").click();
  await page.waitForURL(/descending=true/);
  const header = page.getByRole("columnheader", { name: "Price" });
  expect(await header.getAttribute("aria-sort")).toBe("descending");
  await expect.poll(async () => inOrder((await prices(page)).reverse())).toBe(true);
  await look(page, "catalogue-table");

  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("dialog").getByLabel("Category").check();
  await page.getByRole("dialog").getByLabel("Brand").uncheck();
  await look(page, "catalogue-columns");
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  await page.getByRole("columnheader", { name: "Category" }).waitFor();
  expect(await page.getByRole("columnheader", { name: "Brand" }).count()).toBe(0);

  await page.getByRole("button", { name: "Save this view" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Dear first");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("View “Dear first” saved.").waitFor();
  await page.getByRole("button", { name: "Drafts" }).click();
  await page.waitForURL(/draft/);
  await visitor.go("/catalogue");
  await page.getByRole("button", { name: "Dear first" }).click();
  await page.getByRole("columnheader", { name: "Category" }).waitFor();
  expect(page.url()).toContain("sort=price");

  await page.getByRole("button", { name: "Export what is shown" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV", exact: true }).click();
  expect((await file).suggestedFilename()).toBe("catalogue-csv.csv");
  await page.getByRole("button", { name: "Delete the view Dear first" }).click();
  await page.getByText("View “Dear first” deleted.").waitFor();
});

test("catalogue: many of a view are changed at once, and the status is told in words", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/catalogue?view=table&q=dress");
  const rows = page.getByRole("row");
  await rows.nth(1).getByRole("checkbox").check();
  await rows.nth(2).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Set a value" }).click();
  await page.getByRole("dialog").getByLabel("Field").selectOption("status");
  await page.getByRole("dialog").getByLabel("Value").selectOption("draft");
  await page.getByRole("dialog").getByRole("button", { name: "Set the value" }).click();
  await page.getByText("Done: 2.").waitFor();
  await page.getByRole("button", { name: "Drafts" }).click();
  await expect.poll(() => rows.count()).toBe(3);
  expect(await rows.getByText("Draft", { exact: true }).count()).toBe(2);
  await look(page, "catalogue-drafts");
  await page.getByLabel("Select all that are loaded").check();
  await page.getByRole("button", { name: "Set a value" }).click();
  await page.getByRole("dialog").getByLabel("Field").selectOption("status");
  await page.getByRole("dialog").getByLabel("Value").selectOption("active");
  await page.getByRole("dialog").getByRole("button", { name: "Set the value" }).click();
  await page.getByRole("heading", { name: "Nothing fits these filters" }).waitFor();
});

test("a viewer's pages ask nothing forbidden and lead nowhere forbidden", async ({ visitor }) => {
  const { page } = visitor;
  const refused = await asViewer(visitor, "walker@example.com");
  for (const path of [
    "/",
    "/catalogue",
    "/catalogue?view=table",
    "/jobs",
    "/settings",
    "/settings/account",
    "/settings/keys",
  ]) {
    await visitor.go(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await calm(page);
    await leadsSomewhere(page, path);
  }
  await visitor.go("/jobs");
  await page.getByRole("link", { name: "Import a file: catalogue.csv" }).click();
  await page.getByRole("list", { name: /^Parts of/ }).waitFor();
  await calm(page);
  expect(await page.getByRole("button", { name: /try again|cancel/i }).count()).toBe(0);
  expect(refused).toEqual([]);
});

test("a viewer is told no scores, nor who changed what", async ({ visitor }) => {
  const { page } = visitor;
  const refused = await asViewer(visitor, "looker@example.com");
  await visitor.go("/catalogue?view=table&q=dress");
  await page.getByRole("columnheader", { name: "Price" }).waitFor();
  expect(await page.getByRole("columnheader", { name: "Sureness" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Unsure" }).count()).toBe(0);
  expect(await page.getByRole("checkbox").count()).toBe(0);
  await look(page, "viewer-table");
  await page.getByRole("rowheader").first().getByRole("link").click();
  const labels = page.getByRole("region", { name: "Labels" });
  const found = page.getByRole("region", { name: "Found on this photo" });
  await Promise.all([labels.waitFor(), found.waitFor()]);
  await page.getByRole("heading", { name: "Similar products" }).waitFor();
  await calm(page);
  expect(await page.getByRole("heading", { name: "History" }).count()).toBe(0);
  expect(await labels.innerText()).not.toMatch(/\d\s?%/);
  expect(await found.innerText()).not.toMatch(/\d\s?%|score/i);
  await look(page, "viewer-product");
  await visitor.go("/?q=red+dress");
  await page
    .getByRole("button", { name: /^Why this:/ })
    .first()
    .click();
  const why = page.getByRole("dialog", { name: "Why this" });
  await why.getByText("The view that matched").waitFor();
  expect(await why.innerText()).not.toMatch(/\d[.,]\d|score/i);
  await look(page, "viewer-why");
  expect(refused).toEqual([]);
});

/** Sign in as somebody who only looks; what the server refuses their pages from then on. */
async function asViewer(visitor: Visitor, email: string): Promise<readonly string[]> {
  const { send } = await admin(visitor.place, visitor.password);
  const user = { email, name: "Walker", role: "viewer", password: PASSWORD };
  await send("POST", "/v1/users", user);
  await visitor.signIn(email, PASSWORD);
  const refused: string[] = [];
  visitor.page.on("response", (response) => {
    if ([401, 403].includes(response.status())) refused.push(response.url());
  });
  return refused;
}

/** Until no request is under way. */
async function calm(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  await page.waitForLoadState("load");
}

/** Every link of the page is to one that is not kept from its reader. */
async function leadsSomewhere(page: Page, path: string): Promise<void> {
  const found = await page
    .getByRole("link")
    .evaluateAll((links) =>
      links
        .map((link) => new URL((link as HTMLAnchorElement).href))
        .map(({ pathname }) => pathname),
    );
  const kept = found.filter((each) => /^\/(admin|review|add|import|synonyms|merch)/.test(each));
  expect(kept, `links of ${path}`).toEqual([]);
}

/** Answer for the server that two of three parts of an import failed: real ones end too well. */
async function failing(page: Page): Promise<void> {
  await page.route("**/v1/jobs/groups?*", async (route) => {
    const answer = await route.fetch();
    const told = (await answer.json()) as { groups: { job: { id: string } }[] };
    const [first] = told.groups;
    if (!first) throw new Error("no jobs");
    const error = { error_code: "image_broken", error_message: "The file is torn." };
    const failure = { ...first.job, id: `${first.job.id}x`, kind: "index", status: "failed" };
    const batch = {
      ...first,
      job: { ...first.job, kind: "import", status: "succeeded" },
      name: "spring.csv",
      state: "failed",
      counts: { succeeded: 1, failed: 2 },
      failure: { ...failure, ...error },
    };
    await route.fulfill({ json: { ...told, groups: [batch, ...told.groups.slice(1)] } });
  });
  await page.route("**/v1/jobs/retry-failed?*", (route) => route.fulfill({ json: { retried: 2 } }));
}

async function prices(page: Page): Promise<number[]> {
  const cells = await page.locator("tbody td[data-number]").allInnerTexts();
  return cells
    .filter((text) => /[.,]\d\d/.test(text))
    .map((text) => Number(text.replace(/[^\d.]/g, "")));
}
