import type { Page } from "playwright-core";

import { violations } from "./axe";
import { expect } from "./visitor";

const WIDTHS = [
  ["wide", 1440, 900],
  ["narrow", 390, 844],
] as const;

/** Pictures are for people, who ask for them: they take longer than what is tested here. */
const PICTURES = process.env.PICTURES !== undefined;

/**
 * Axe must find nothing light and wide, or dark and narrow, and neither may need to be scrolled
 * sideways; with PICTURES set, have a picture of both widths, light and dark, in screenshots/.
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const [width, across, high] of WIDTHS) {
    await page.setViewportSize({ width: across, height: high });
    for (const theme of ["light", "dark"]) {
      // Both colours and both layouts, each once: axe takes most of a test's time.
      const judged = (theme === "light") === (width === "wide");
      if (!judged && !PICTURES) continue;
      await page.evaluate((value) => {
        document.documentElement.dataset.theme = value;
      }, theme);
      await settled(page);
      if (PICTURES) {
        await page.screenshot({ path: `screenshots/${name}-${theme}-${width}.png` });
      }
      if (judged) {
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

/** Until what is loading has loaded, pictures in sight included, and colours have changed. */
export async function settled(page: Page): Promise<void> {
  await page.bringToFront(); // colours change only on a page that is seen
  await page.waitForFunction(() => {
    const busy = document.querySelector('[aria-busy="true"], [data-old="true"]');
    const pictures = [...document.images].filter((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return bottom > 0 && top < innerHeight && image.loading !== "lazy";
    });
    const changing = document
      .getAnimations()
      .some((each) => each instanceof CSSTransition && each.playState === "running");
    return busy === null && !changing && pictures.every((image) => image.complete);
  });
}
