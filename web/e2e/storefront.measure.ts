import { afterAll, beforeAll } from "vitest";

import { shopWithKey, type ExampleShop } from "./world/exampleShop";
import { expect, test } from "./world/visitor";

const TIMES = 11;
let shop: ExampleShop;

beforeAll(async () => {
  shop = await shopWithKey();
});

afterAll(() => shop.stop());

test("what the embed costs a shop's page, and how soon a photo is answered", async ({
  visitor,
}) => {
  const { page } = visitor;
  await page.setViewportSize({ width: 390, height: 844 });
  const tasks: number[] = [];
  const photos: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    await page.addInitScript(() => {
      const seen: number[] = [];
      Object.assign(window, { seen });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.push(duration);
      }).observe({ type: "longtask", buffered: true });
    });
    await page.goto(shop.origin);
    const button = page.getByRole("button", { name: "Search by photo" });
    await button.waitFor();
    tasks.push(
      await page.evaluate(() => {
        const { seen } = window as unknown as { seen: number[] };
        return Math.max(0, ...seen);
      }),
    );
    await button.click();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a photo" }).click();
    const begun = performance.now();
    await (await chooser).setFiles(visitor.drawn("outfit.jpg"));
    await page.locator("vitrine-sheet .card .title").first().waitFor();
    photos.push(performance.now() - begun);
  }
  const figures = {
    longest_task_ms: Math.max(...tasks),
    photo_to_results_ms: median(photos),
  };
  console.log(JSON.stringify(figures));
  expect(photos).toHaveLength(TIMES);
});

function median(numbers: readonly number[]): number {
  return Math.round([...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? 0);
}
