import { readFileSync } from "node:fs";

import { afterAll, beforeAll, inject } from "vitest";

import { admin, publishableKey, type Admin } from "./world/admin";
import { until } from "./world/server";
import { looked, titles } from "./world/shopper";
import { SIZES } from "./world/sizes";
import { expect, test } from "./world/visitor";

// One design in three colours: one card stands for all, and shows the one that is asked for.

const COLOURS = ["red", "blue", "green"] as const;

const made: string[] = [];
let staff: Admin;
let key = "";

beforeAll(async () => {
  const place = inject("place");
  staff = await admin(place, inject("password"));
  key = await publishableKey(staff, "https://shop.example");
  for (const colour of COLOURS) {
    const form = new FormData();
    const named = { external_id: `WAY-${colour}`, title: titleOf(colour), colour };
    const product = { ...named, category: "Dresses", attributes: { group: "ways" } };
    form.append("product", JSON.stringify(product));
    const photo = readFileSync(`${place.folder}/drawn/WAY-${colour}.jpg`);
    form.append("images", new Blob([photo]), `${colour}.jpg`);
    const added = (await staff.send("POST", "/v1/products", form)) as Added;
    made.push(added.product.id);
    await until(async () => {
      const job = (await staff.send("GET", `/v1/jobs/${added.job.id}`)) as { status: string };
      return job.status === "succeeded";
    }, "its photo to be indexed");
  }
});

afterAll(async () => {
  for (const id of made) await staff.send("DELETE", `/v1/products/${id}`);
});

test.for(SIZES)(
  "words and photos of one colour show that one, on %s",
  async ([name, size], { visitor }) => {
    const { page } = visitor;
    await page.setViewportSize(size);
    const cards = async () => (await titles(page.locator("vitrine-storefront"))).filter(isOurs);
    for (const colour of COLOURS) {
      await visitor.go(`/s?key=${key}&lang=en&q=${colour}+waisted+midi+dress`);
      await expect.poll(cards).toEqual([titleOf(colour)]);
    }
    await looked(page, `storefront-variants ${name}`);
    for (const colour of COLOURS) {
      await visitor.go(`/s?key=${key}&lang=en`);
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Choose a photo" }).click();
      await (await chooser).setFiles(visitor.drawn(`WAY-${colour}.jpg`));
      await expect.poll(cards).toEqual([titleOf(colour)]);
    }
  },
);

test("staff see one card too, and how many more there are", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/?q=blue+waisted+midi+dress");
  const ours = page.getByRole("listitem").filter({ hasText: "Waisted midi dress" });
  await ours.getByText(/2 more/).waitFor();
  expect(await ours.count()).toBe(1);
  expect(await ours.getByRole("link").first().textContent()).toBe(titleOf("blue"));
});

interface Added {
  readonly product: { readonly id: string };
  readonly job: { readonly id: string };
}

function titleOf(colour: string): string {
  return `Waisted midi dress in ${colour}`;
}

function isOurs(title: string): boolean {
  return title.startsWith("Waisted midi dress");
}
