import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { box } from "./world/shopper";
import { PHONE, SIZES } from "./world/sizes";
import { expect, test } from "./world/visitor";

// What is small and everywhere: refusals, colours of the system, dates, messages above bars.

const REFUSED = [
  ["/settings/general", null, "Default currency", "XXY", "Save", /XXY/],
  [
    "/settings/sources",
    "New source",
    "Address or folder",
    "ftp://feeds.example/a",
    "Save",
    /“ftp:.+”: /,
  ],
  [
    "/settings/webhooks",
    "New webhook",
    "Address",
    "http://user:pw@a.example",
    "Add webhook",
    /“http:.+”: /,
  ],
  [
    "/settings/shop-keys",
    "New shop key",
    "Pages that may use it",
    "shop.example",
    "Make key",
    /shop\.example/,
  ],
] as const;

test.for(REFUSED)(
  "%s: what is refused is told with its reason",
  async ([path, open, label, value, send, told], { visitor }) => {
    const { page } = visitor;
    visitor.allow(/status of 422/);
    await visitor.signIn();
    await visitor.go(path);
    if (open) await page.getByRole("button", { name: open }).first().click();
    const form = open ? page.getByRole("dialog") : page.getByRole("main");
    if (open) await form.getByLabel("Name").or(form.getByLabel("Description")).first().fill("One");
    const field = form.getByRole("textbox", { name: label });
    await field.fill(value);
    await form.getByRole("button", { name: send }).click();
    await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
    const described = (await field.getAttribute("aria-describedby")) ?? "";
    const texts = described.split(" ").map((id) => page.locator(`[id="${id}"]`).innerText());
    expect((await Promise.all(texts)).join(" ")).toMatch(told);
    expect(await field.inputValue()).toBe(value);
  },
);

test("who chose no colours follows the system at once", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await page.emulateMedia({ colorScheme: "light" });
  await visitor.go("/jobs");
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await theme(page)).toBe("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => theme(page)).toBe("dark");
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await expect.poll(() => theme(page)).toBe("light");
  await page.emulateMedia({ colorScheme: "light" });
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await theme(page)).toBe("light");
});

test.for([
  ["en-GB", /^\d{1,2} \w+ \d{4}, \d\d:\d\d/],
  ["en-US", /^\w+ \d{1,2}, \d{4}, \d{1,2}:\d\d\s[AP]M/],
  ["de-AT", /^\d\d\.\d\d\.\d{4}, \d\d:\d\d/],
] as const)("dates are written as in %s", async ([locale, written], { visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await page.addInitScript((tag) => {
    Object.defineProperty(navigator, "languages", { get: () => [tag] });
  }, locale);
  await visitor.go("/settings/audit");
  await page.getByRole("listitem").first().waitFor();
  const times = page.getByRole("main").locator("time");
  await times.first().waitFor();
  const told = await times.evaluateAll((all) =>
    all.flatMap((each) => [each.textContent, each.getAttribute("title") ?? ""]),
  );
  expect(
    told.some((text) => written.test(text.trim())),
    told.slice(0, 4).join(" | "),
  ).toBe(true);
});

test.for(SIZES)("a message stands above the bars, on %s", async ([name, size], { visitor }) => {
  const { page } = visitor;
  await page.setViewportSize(size);
  await visitor.signIn();
  await visitor.go("/catalogue?q=scarf");
  await page.getByRole("checkbox").first().check();
  const bar = page.getByRole("region", { name: "Selected products" });
  await bar.getByRole("button", { name: "Index again" }).click();
  const message = page.getByText(/^Done: /);
  await message.waitFor();
  const [said, below] = [await box(message), await box(bar)];
  expect(said.y + said.height).toBeLessThanOrEqual(below.y);
  if (size === PHONE) await look(page, `message ${name}`);
  await visitor.quiet();
});

function theme(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.documentElement.dataset.theme);
}
