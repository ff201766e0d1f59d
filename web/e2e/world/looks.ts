import type { Page } from "playwright-core";

import { violations } from "./axe";
import { expect } from "./visitor";

const WIDTHS = [
  ["wide", 1440, 900],
  ["narrow", 390, 844],
] as const;

/**
 * Take a picture of the page, light and dark, wide and narrow, into screenshots/; axe must find
 * nothing light and wide, or dark and narrow, and neither may need to be scrolled sideways.
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const [width, across, high] of WIDTHS) {
    await page.setViewportSize({ width: across, height: high });
    for (const theme of ["light", "dark"]) {
      await page.evaluate((value) => {
        document.documentElement.dataset.theme = value;
      }, theme);
      await settled(page);
      await page.screenshot({ path: `screenshots/${name}-${theme}-${width}.png` });
      // Both colours and both layouts, each once: axe takes most of a test's time.
      if ((theme === "light") === (width === "wide")) {
        expect(await violations(page), `axe on ${name}, ${theme}, ${width}`).toEqual([]);
      }
    }
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wider, `${name} is too wide at ${across} pixels by`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: WIDTHS[0][1], height: WIDTHS[0][2] });
}

/** Until what is loading has loaded, pictures in sight included. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const busy = document.querySelector('[aria-busy="true"], [data-old="true"]');
    const pictures = [...document.images].filter((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return bottom > 0 && top < innerHeight && image.loading !== "lazy";
    });
    return busy === null && pictures.every((image) => image.complete);
  });
}
