import { writeFileSync } from "node:fs";

import type { Page } from "playwright-core";

import { settled } from "./world/looks";
import { violations } from "./world/axe";
import { expect, test } from "./world/visitor";

// Printed by `npm run measure`, and written down in docs/frontend.md.

const LIMIT = 50;

test(
  "five hundred results scroll without long tasks",
  { timeout: 300_000 },
  async ({ visitor }) => {
    const { page } = visitor;
    await visitor.signIn();
    await page.addInitScript(observeTasks);
    await visitor.go("/");
    await page.getByText("500 products").waitFor();
    await settled(page);
    const loaded = await scripts(page);
    await page.waitForTimeout(4_000); // the code of other screens has come
    await forget(page);
    const shown = await toTheEnd(page);
    const first = await tasks(page);
    // Once more through what is there already: no pages come in, so this is scrolling alone.
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(1_000);
    await forget(page);
    await toTheEnd(page);
    const again = await tasks(page);
    print("long_tasks", {
      results: 500,
      cards_in_page: shown,
      while_pages_load: told(first),
      when_all_is_loaded: told(again),
      limit_ms: LIMIT,
    });
    print("first_load", loaded);
    expect(again.filter((task) => task > LIMIT)).toEqual([]);
  },
);

test("axe finds nothing on the screens", { timeout: 300_000 }, async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  const found: Record<string, number> = {};
  for (const path of PATHS) {
    await visitor.go(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForTimeout(1_000);
    found[path] = (await violations(page)).length;
  }
  print("axe_violations", found);
  expect(Object.values(found).every((number) => number === 0)).toBe(true);
});

const PATHS = [
  "/",
  "/?q=red+dress",
  "/catalogue",
  "/catalogue?view=table",
  "/catalogue?trash=true",
  "/add",
  "/import",
  "/jobs",
  "/settings/account",
  "/settings/people",
  "/settings/webhooks",
  "/settings/system",
];

declare global {
  interface Window {
    longTasks: number[];
  }
}

function observeTasks(): void {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
}

function forget(page: Page): Promise<void> {
  return page.evaluate(() => {
    window.longTasks = [];
  });
}

function tasks(page: Page): Promise<number[]> {
  return page.evaluate(() => window.longTasks);
}

/** Turn the wheel until the last of all results is there; how many cards the page then holds. */
async function toTheEnd(page: Page): Promise<number> {
  await page.mouse.move(900, 600);
  const last = page.getByRole("region", { name: "Results" }).locator('[aria-posinset="500"]');
  for (let turns = 0; turns < 400 && (await last.count()) === 0; turns++) {
    await page.mouse.wheel(0, 700);
    await page.waitForTimeout(80);
  }
  await last.waitFor();
  return page.locator("[aria-posinset]").count();
}

/** How much script came over the wire for the first page, packed. */
function scripts(page: Page): Promise<{ script_bytes: number; files: number }> {
  return page.evaluate(() => {
    const over = performance.getEntriesByName("screens")[0]?.startTime ?? Infinity;
    const found = performance
      .getEntriesByType("resource")
      .filter((entry): entry is PerformanceResourceTiming => entry.name.endsWith(".js"))
      .filter((entry) => entry.startTime < over);
    const script_bytes = found.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    return { script_bytes, files: found.length };
  });
}

function told(durations: readonly number[]) {
  const over = durations.filter((duration) => duration > LIMIT);
  return { over_limit: over.length, longest_ms: Math.round(Math.max(0, ...durations)) };
}

function print(name: string, figures: object): void {
  const line = JSON.stringify({ [name]: figures });
  process.stdout.write(`${line}\n`);
  writeFileSync(`screenshots/measure-${name}.json`, `${line}\n`);
}
