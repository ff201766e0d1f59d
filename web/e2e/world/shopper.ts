import type { Locator, Page } from "playwright-core";

import { violations } from "./axe";
import { settled } from "./looks";
import { expect } from "./visitor";

/** The sheet, opened by the button beside the shop's search field. */
export async function opened(page: Page, byKey = false): Promise<Locator> {
  const button = page.getByRole("button", { name: "Search by photo" });
  await button.waitFor();
  if (byKey) await button.press("Enter");
  else await button.click();
  const sheet = page.getByRole("dialog", { name: "Find products" });
  await sheet.waitFor();
  return sheet;
}

export async function choose(page: Page, sheet: Locator, photo: string): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await sheet.getByRole("button", { name: "Choose a photo" }).click();
  await (await chooser).setFiles(photo);
}

/** Axe finds nothing and nothing is cut off at the side; with PICTURES there is one. */
export async function looked(page: Page, name: string): Promise<void> {
  await answered(page);
  await settled(page);
  if (process.env.PICTURES) await page.screenshot({ path: `screenshots/${name}.png` });
  expect(await violations(page), `axe on ${name}`).toEqual([]);
  const wider = await page.evaluate(() => {
    const root = document.querySelector("vitrine-sheet, vitrine-storefront")?.shadowRoot;
    const finder = root?.querySelector(".finder");
    return finder ? finder.scrollWidth - finder.clientWidth : 0;
  });
  expect(wider, `${name} is too wide by`).toBeLessThanOrEqual(0);
}

/** Until no answer is waited for: meanwhile the one before is paler. */
async function answered(page: Page): Promise<void> {
  const isShown = () =>
    page
      .locator(".results")
      .evaluateAll((all) =>
        all.every(
          (one) =>
            one.ariaBusy !== "true" && getComputedStyle(one).getPropertyValue("opacity") === "1",
        ),
      );
  await expect.poll(isShown).toBe(true);
}

export function hit(place: Page | Locator, title: string): Locator {
  return place.getByRole("link").filter({ hasText: title });
}

export function titles(place: Locator): Promise<string[]> {
  return place.locator(".title").allTextContents();
}

export async function prices(place: Locator): Promise<number[]> {
  const shown = await place.locator('[data-fits="true"] .price').allTextContents();
  return shown.map((text) => Number(text.replace(/[^\d.]/g, "")));
}

export function inOrder(numbers: readonly number[]): boolean {
  return numbers.length > 1 && numbers.every((one, at) => one >= (numbers[at - 1] ?? 0));
}

export function pressed(place: Locator, name: string): Promise<string | null> {
  return place.getByRole("button", { name }).getAttribute("aria-pressed");
}

export async function box(place: Locator) {
  const found = await place.boundingBox();
  if (!found) throw new Error("not to be seen");
  return found;
}

export function focusedTag(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.tagName);
}
