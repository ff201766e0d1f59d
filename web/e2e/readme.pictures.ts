import { settled } from "./world/looks";
import { test } from "./world/visitor";

// The pictures of the README and of docs/review.md, made anew by `npm run pictures`.

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

test("pictures for docs/review.md", { timeout: 120_000 }, async ({ visitor }) => {
  const { page } = visitor;
  const take = async (name: string) => {
    await settled(page);
    await page.waitForTimeout(800);
    await page.screenshot({ path: `../docs/images/review-${name}.png` });
  };
  await page.setViewportSize({ width: 1280, height: 800 });
  await visitor.signIn();
  await visitor.go("/review?facet=colour");
  await page.locator("[data-box]").first().waitFor();
  await take("desk");
  await page.keyboard.press("n");
  await page.getByRole("group", { name: "The chosen box" }).waitFor();
  await take("box");
  await visitor.go("/review/grid?facet=colour");
  await page.locator("[data-tile]").first().waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await take("grid");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /is done$/ }).waitFor();
  await visitor.quiet();
  await page.setViewportSize({ width: 390, height: 844 });
  await visitor.go("/review");
  await page.locator("[data-box]").first().waitFor();
  await take("phone");
});
