import { settled } from "./world/looks";
import { test } from "./world/visitor";

// The pictures of the README, made anew by `npm run pictures`.

test("pictures for the README", { timeout: 120_000 }, async ({ visitor }) => {
  const { page } = visitor;
  const take = async (name: string) => {
    await settled(page);
    await page.waitForTimeout(800);
    await page.screenshot({ path: `../docs/images/web-${name}.png` });
  };
  await page.setViewportSize({ width: 1280, height: 800 });
  await visitor.signIn();
  await visitor.go("/");
  await page.locator('input[type="file"]').first().setInputFiles(visitor.drawn("outfit.jpg"));
  await page
    .getByRole("group", { name: "What to search with" })
    .getByRole("button", { name: /dress/i })
    .click();
  await page.getByText(/best match first/).waitFor();
  await take("search");

  await visitor.go("/?q=navy+dress");
  await page.getByRole("region", { name: "Results" }).getByRole("link").first().click();
  await page.getByRole("heading", { name: "Found on this photo" }).waitFor();
  await take("product");

  await visitor.go("/catalogue");
  await page.getByText(/\d+ products/).waitFor();
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "dark";
  });
  await take("catalogue");
});
