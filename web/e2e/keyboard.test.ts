import { expect, test } from "./world/visitor";

test("/ goes to the words from anywhere, ? tells the keys, and neither while one types", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/jobs");
  await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
  await page.keyboard.press("/");
  await page.waitForURL((url) => url.pathname === "/");
  const words = page.getByRole("combobox", { name: "What to look for" });
  await expect.poll(() => words.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type("a/b?");
  expect(await words.inputValue()).toBe("a/b?");
  expect(await page.getByRole("dialog").count()).toBe(0);
  await words.blur();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("results are two Tabs away, arrows go through them, Enter opens one, and back is where it was", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=dress");
  const cards = page.getByRole("region", { name: "Results" }).getByRole("listitem");
  await cards.nth(3).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.getByRole("link", { name: "Skip to the results" }).waitFor();
  await page.keyboard.press("Enter");
  const at = () =>
    page.evaluate(() =>
      Number(document.activeElement?.closest("[data-place]")?.getAttribute("data-place") ?? 0),
    );
  await expect.poll(at).toBe(1);
  await page.keyboard.press("ArrowRight");
  await expect.poll(at).toBe(2);
  await page.keyboard.press("ArrowDown");
  await expect.poll(at).toBeGreaterThan(3);
  const below = await at();
  await page.keyboard.press("ArrowUp");
  await expect.poll(at).toBe(2);
  await page.keyboard.press("Home");
  await expect.poll(at).toBe(1);
  await page.keyboard.press("End");
  await expect.poll(at).toBeGreaterThanOrEqual(below);
  // Of a whole grid Tab stops at one card: its link and its buttons.
  const stops = await page
    .getByRole("list", { name: "Results" })
    .locator('[role="listitem"] :is(a, button):not([tabindex="-1"])')
    .count();
  expect(stops).toBeLessThanOrEqual(4);
  const [before, address] = [await page.evaluate(() => scrollY), page.url()];
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/products\//);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.goBack();
  await cards.first().waitFor();
  expect(page.url()).toBe(address);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThanOrEqual(before - 5);
});

test("the theme follows the system while a page is open, and dates the region", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await page.emulateMedia({ colorScheme: "light" });
  await visitor.go("/settings/audit");
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await expect.poll(theme).toBe("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(theme).toBe("dark");
  // As the day is written in Britain: the visitor's browser says en-GB.
  await page
    .getByText(/\b\d{1,2} \w{3,4} \d{4}, \d{2}:\d{2}/)
    .first()
    .waitFor();
});

test("the default currency is chosen, refused with its value, and filled in", async ({
  visitor,
}) => {
  const { page } = visitor;
  visitor.allow(/422/);
  await visitor.signIn();
  await visitor.go("/settings/general");
  const field = page.getByRole("textbox", { name: "Default currency" });
  await field.fill("euro");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("is EURO, which is no currency in use").waitFor();
  await field.fill("chf");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The default currency is saved.").waitFor();
  await visitor.go("/add");
  await expect.poll(() => page.getByLabel("Currency").inputValue()).toBe("CHF");
  await visitor.go("/settings/general");
  await field.fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The default currency is saved.").waitFor();
});
