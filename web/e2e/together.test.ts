import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { expect, test, type Visitor } from "./world/visitor";

test("two tabs whose tokens ran out renew them one at a time and both stay", async ({
  visitor,
}) => {
  const { page } = visitor;
  visitor.allow(/401/); // the browser notes every refusal
  await visitor.signIn();
  let [asking, most, asked] = [0, 0, 0];
  await page.context().route("**/v1/auth/refresh", async (route) => {
    asked += 1;
    asking += 1;
    most = Math.max(most, asking);
    await page.waitForTimeout(300); // time for the other tab to ask as well, if it did not wait
    const response = await route.fetch();
    asking -= 1;
    await route.fulfill({ response });
  });
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await tab.goto("/settings/keys");
    await tab.getByText("You have no API keys.").waitFor();
  }
  for (let round = 1; round <= 3; round += 1) await outdate(page, other);
  expect(asked).toBeGreaterThanOrEqual(3);
  expect(most).toBe(1);
});

test("tabs that cannot wait for each other both stay too", async ({ visitor }) => {
  const { page } = visitor;
  visitor.allow(/401/);
  await visitor.signIn();
  await page.context().addInitScript(() => {
    // As over plain HTTP, where there are no locks.
    delete (Navigator.prototype as unknown as Record<string, unknown>).locks;
  });
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await tab.goto("/settings/keys");
    await tab.getByText("You have no API keys.").waitFor();
  }
  for (let round = 1; round <= 3; round += 1) await outdate(page, other);
});

test("a browser that keeps no cookie is told why, and what to set", async ({ visitor }) => {
  const { page } = visitor;
  await page.route("**/v1/auth/sign-in", (route) =>
    route.fulfill({ json: { token_type: "Bearer", expires_in: 900, csrf_token: "dropped" } }),
  );
  await visitor.go("/sign-in");
  await page.getByLabel("Email").fill("admin@example.com");
  await page.getByLabel("Password").fill("whatever it is");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("VITRINE_AUTH__COOKIE_SECURE=false").waitFor();
  await look(page, "sign-in-over-http");
});

test("two editors of one product see what the other changed", async ({ visitor }) => {
  const { page } = visitor;
  visitor.allow(/412/);
  await visitor.signIn();
  const other = await page.context().newPage();
  const address = await opened(visitor, "Burgundy slip dress");
  await other.goto(address);
  const [mine, theirs] = [await edit(page), await edit(other)];

  await theirs.getByLabel("Title").fill("Slip dress, theirs");
  await theirs.getByLabel("Brand").fill("Their brand");
  await attribute(theirs, "care", "by hand");
  await theirs.getByRole("button", { name: "Save" }).click();
  await other.getByRole("heading", { name: "Slip dress, theirs", level: 1 }).waitFor();

  await mine.getByLabel("Title").fill("Slip dress, mine");
  await mine.getByLabel("Category").fill("Mine");
  await attribute(mine, "lining", "silk");
  await mine.getByRole("button", { name: "Save" }).click();
  await mine.getByRole("heading", { name: "Somebody changed this product meanwhile" }).waitFor();
  await look(page, "changed-meanwhile");
  expect(await mine.getByLabel("Brand").inputValue()).toBe("Their brand");
  expect(await mine.getByLabel("Title").inputValue()).toBe("Slip dress, mine");
  const title = mine.getByRole("group", { name: "Title" });
  await title.getByLabel("Take theirs:").check();
  expect(await mine.getByLabel("Title", { exact: true }).inputValue()).toBe("Slip dress, theirs");
  await title.getByLabel("Keep mine:").check();
  await mine.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Slip dress, mine", level: 1 }).waitFor();

  const answer = await page.context().request.get(address.replace("/products/", "/v1/products/"));
  expect(await answer.json()).toMatchObject({
    title: "Slip dress, mine",
    brand: "Their brand",
    category: "Mine",
    attributes: { care: "by hand", lining: "silk" },
  });

  // The other tab still shows what it saved: it may not delete what it has not seen.
  await other.getByRole("button", { name: "Delete" }).click();
  await other.getByText("Not deleted: somebody changed this product meanwhile.").waitFor();
  await other.getByRole("heading", { name: "Slip dress, mine", level: 1 }).waitFor();
  await other.getByRole("button", { name: "Delete" }).click();
  await other.getByText("Slip dress, mine was deleted.").waitFor();
});

/** Let the access token of all tabs run out, and load them all at once. */
async function outdate(...tabs: readonly Page[]): Promise<void> {
  await tabs[0]?.context().clearCookies({ name: "vitrine_access" });
  await Promise.all(tabs.map((tab) => tab.reload()));
  await Promise.all(tabs.map((tab) => tab.getByText("You have no API keys.").waitFor()));
}

/** Open a product of the catalogue by its title; its address. */
async function opened({ page, go: goTo }: Visitor, title: string): Promise<string> {
  await goTo(`/catalogue?q=${encodeURIComponent(title)}`);
  await page.getByRole("link", { name: title }).first().click();
  await page.getByRole("heading", { name: title, level: 1 }).waitFor();
  return page.url();
}

async function edit(page: Page) {
  await page.getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog", { name: "Edit the product" });
  await form.getByLabel("Title").waitFor();
  return form;
}

async function attribute(
  form: Awaited<ReturnType<typeof edit>>,
  name: string,
  value: string,
): Promise<void> {
  await form.getByRole("button", { name: "Add an attribute" }).click();
  await form.getByLabel("Name").last().fill(name);
  await form.getByLabel("Value").last().fill(value);
}
