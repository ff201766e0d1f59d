import { look } from "./world/looks";
import { expect, test } from "./world/visitor";

const MOVED = {
  "/account": "/settings/account",
  "/words": "/settings/words",
  "/synonyms": "/settings/synonyms",
  "/merchandising": "/settings/merchandising",
  "/admin/users": "/settings/people",
  "/admin/shop": "/settings/shop-keys",
  "/admin/analytics?days=7": "/settings/analytics?days=7",
  "/admin/sources": "/settings/sources",
  "/admin/webhooks": "/settings/webhooks",
  "/admin/models?tab=training": "/settings/models?tab=training",
  "/admin/system": "/settings/system",
  "/admin/audit?outcome=refused": "/settings/audit?outcome=refused",
};

test("every section is reached from the account menu, and by the address it had before", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await page.getByRole("button", { name: "Account and settings" }).click();
  await expect
    .poll(() => page.getByRole("menuitem").allTextContents())
    .toEqual(["Account", "Settings", "Keyboard shortcuts", "Sign out"]);
  await page.getByRole("menuitem", { name: "Settings" }).click();
  const nav = page.getByRole("navigation", { name: "Sections" });
  await nav.waitFor();
  const names = await nav.getByRole("link").allTextContents();
  expect(names.length).toBeGreaterThanOrEqual(14);
  for (const name of names) {
    await nav.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await nav.locator('[aria-current="page"]').getByText(name, { exact: true }).waitFor();
  }
  for (const [before, now] of Object.entries(MOVED)) {
    await visitor.go(before);
    await page.waitForURL((url) => url.pathname + url.search === now);
    await page.getByRole("heading", { level: 1 }).waitFor();
  }
});

test("on a phone the settings are a list, and every section leads back to it", async ({
  visitor,
}) => {
  const { page } = visitor;
  await page.setViewportSize({ width: 390, height: 844 });
  await visitor.signIn();
  await visitor.go("/settings");
  expect(await page.getByRole("navigation", { name: "Sections" }).isVisible()).toBe(false);
  await page.getByRole("link", { name: /^Synonyms/ }).click();
  await page.getByRole("heading", { name: "Synonyms", level: 1 }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  await look(page, "settings");
});
