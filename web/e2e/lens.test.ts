import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { expect, test, type Visitor } from "./world/visitor";

test("on a phone the photo is a strip, and the first row of results is in sight below it", async ({
  visitor,
}) => {
  const { page } = visitor;
  await page.setViewportSize({ width: 390, height: 844 });
  await searched(visitor);
  const first = page.locator('#results [role="listitem"] img').first();
  const { top, bottom } = await first.evaluate((image) => image.getBoundingClientRect());
  console.log(JSON.stringify({ first_row_top: top, first_row_bottom: bottom }));
  const bar = await page
    .getByRole("navigation", { name: "Main" })
    .evaluate((nav) => nav.getBoundingClientRect().top);
  expect(await page.evaluate(() => scrollY)).toBe(0);
  expect(bottom).toBeLessThanOrEqual(bar);
  expect(top).toBeLessThan(bar - 150);
  await look(page, "search-lens");
});

test("the main item is chosen, it alone has a box, and the others are dots; shoes are one item", async ({
  visitor,
}) => {
  const { page } = visitor;
  await searched(visitor);
  const boxes = page.locator("[data-box]");
  const chosen = page.locator('[data-box][aria-pressed="true"]');
  expect(await chosen.count()).toBe(1);
  expect(await chosen.getAttribute("aria-label")).toMatch(/Dress/);
  const others = page.locator('[data-box][aria-pressed="false"]');
  expect(await others.count()).toBe((await boxes.count()) - 1);
  for (const other of await others.all()) {
    expect(
      await other.evaluate((box) => [
        getComputedStyle(box).borderTopColor,
        getComputedStyle(box, "::after").borderRadius,
      ]),
    ).toEqual(["rgba(0, 0, 0, 0)", "50%"]);
  }
  const names = await boxes.evaluateAll((all) => all.map((box) => box.getAttribute("aria-label")));
  expect(names.filter((name) => /shoe/i.test(name ?? ""))).toHaveLength(1);
  await others.first().click();
  await page.waitForURL(/item=/);
});

test("a photo is shrunk before it is sent", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await page.getByRole("combobox", { name: "What to look for" }).waitFor();
  const sides = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [4000, 3000];
    const brush = canvas.getContext("2d");
    if (brush) [brush.fillStyle] = ["teal"];
    brush?.fillRect(900, 500, 2000, 2000);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg"));
    const data = new DataTransfer();
    if (blob) data.items.add(new File([blob], "large.jpg", { type: "image/jpeg" }));
    const input = document.querySelector<HTMLInputElement>('input[type="file"]');
    if (!input) throw new Error("no input");
    input.files = data.files;
    const sent = new Promise<File>((done) => {
      const plain = window.fetch.bind(window);
      window.fetch = async (...asked) => {
        const [request] = asked;
        if (request instanceof Request && request.url.endsWith("/v1/search")) {
          const image = (await request.clone().formData()).get("image");
          if (image instanceof File) done(image);
        }
        return plain(...asked);
      };
    });
    input.dispatchEvent(new Event("change", { bubbles: true }));
    const { width, height } = await createImageBitmap(await sent);
    return [width, height];
  });
  expect(sides).toEqual([1600, 1200]);
});

test("sample photos on the first screen search at a click", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await page.getByRole("button", { name: "Search with sample photo 1" }).click();
  await page.waitForURL(/upload=/);
  await page.getByText(/best match first|Nothing fits/).waitFor();
});

test("a desktop takes the photo with its own camera", async ({ visitor }) => {
  const { page } = visitor;
  await page.context().grantPermissions(["camera"]);
  await visitor.signIn();
  await visitor.go("/");
  await page.getByRole("button", { name: "Take a photo" }).click();
  const dialog = page.getByRole("dialog", { name: "Take a photo" });
  await dialog.getByRole("button", { name: "Take the photo" }).click();
  await page.waitForURL(/upload=/);
  await dialog.waitFor({ state: "detached" });
});

test("nonsense says that nothing fits, and shows a few of the nearest, dimmed", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=asdfgh+qwerty");
  const beyond = page.getByRole("region", { name: "Less alike" });
  await beyond.getByText("Nothing fits", { exact: true }).waitFor();
  const cards = beyond.getByRole("listitem");
  await cards.first().waitFor();
  expect(await cards.count()).toBeLessThanOrEqual(8);
  const shown = await beyond
    .locator("img")
    .first()
    .evaluate((card) => {
      let opacity = 1;
      for (let at: Element | null = card; at; at = at.parentElement)
        opacity *= Number(getComputedStyle(at).opacity);
      return opacity;
    });
  expect(shown).toBeLessThan(1);
});

async function searched(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/");
  await page.locator('input[type="file"]').first().setInputFiles(visitor.drawn("outfit.jpg"));
  await page
    .getByRole("status")
    .getByText(/items? on the photo/)
    .waitFor({ state: "attached", timeout: 60_000 });
  await found(page);
}

/** Until what was found for the photo has replaced what was there before. */
async function found(page: Page): Promise<void> {
  await page.waitForURL(/upload=/);
  await page.getByText(/best match first/).waitFor();
  await page.locator('[data-old="true"]').waitFor({ state: "detached" });
  await page.locator('#results [role="listitem"] img').first().waitFor();
}
