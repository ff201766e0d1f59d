import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { DESK, SIZES, type PHONE } from "./world/sizes";
import { expect, test, type Visitor } from "./world/visitor";

// What the people of a shop set for its shoppers: made, seen, changed, taken away, and refused.

const PATHS = {
  keys: "/settings/shop-keys",
  synonyms: "/settings/synonyms",
  rules: "/settings/merchandising",
} as const;

test.for(SIZES)("a publishable key, on %s", async ([name, size], { visitor }) => {
  const page = await opened(visitor, PATHS.keys, size);
  await page.getByRole("button", { name: "New shop key" }).first().click();
  const form = page.getByRole("dialog", { name: "New shop key" });
  await form.getByLabel("Name").fill(`Shop on ${name}`);
  await form.getByLabel("Pages that may use it").fill("ftp://shop.example");
  await form.getByRole("button", { name: "Make key" }).click();
  await form.getByText(/ftp/).last().waitFor();
  await form.getByLabel("Pages that may use it").fill("https://shop.example");
  await form.getByRole("button", { name: "Make key" }).click();
  const shown = page.getByRole("region", { name: `Shop on ${name}` });
  await shown.getByText("https://shop.example").waitFor();
  const code = shown.getByRole("textbox", { name: "Code for your pages" });
  expect(await code.inputValue()).toMatch(/data-key="pk_/);

  await shown.getByRole("button", { name: "Change" }).click();
  const edit = page.getByRole("dialog", { name: "Change the shop key" });
  await edit.getByLabel("What it offers").fill("no JSON");
  await edit.getByRole("button", { name: "Save" }).click();
  await edit.getByText("This is no JSON object.").waitFor();
  await edit.getByLabel("What it offers").fill('{"colour": ["red"]}');
  await edit.getByRole("button", { name: "Save" }).click();
  await shown.getByText('{"colour":["red"]}').waitFor();
  if (size === DESK) await look(page, "shop-keys");

  await shown.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await shown.waitFor({ state: "detached" });
});

test.for(SIZES)("a synonym, on %s", async ([, size], { visitor }) => {
  const page = await opened(visitor, PATHS.synonyms, size);
  const typed = page.getByLabel("What shoppers type");
  const means = page.getByLabel("Is read as");
  await typed.fill("!?");
  await means.fill("dress");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByText(/need one to \d words/).waitFor();
  await typed.fill("frock");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByText("“frock” is read as “dress”").waitFor();
  if (size === DESK) await look(page, "synonyms-one");
  await typed.fill("Frock");
  await means.fill("skirt");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByText("“Frock” is read as “skirt”").waitFor();
  expect(await page.getByText("is read as “dress”").count()).toBe(0);
  await page.getByRole("button", { name: "Remove “Frock”" }).click();
  await page.getByText("There are no synonyms yet.").waitFor();
});

test.for(SIZES)("a merchandising rule, on %s", async ([name, size], { visitor }) => {
  const page = await opened(visitor, PATHS.rules, size);
  await page.getByRole("button", { name: "New rule" }).click();
  const form = page.getByRole("dialog", { name: "New rule" });
  await form.getByLabel("Name").fill(`Blue first on ${name}`);
  await form.getByLabel("What happens").selectOption("pin");
  await form.getByLabel("To products by").selectOption("colour");
  await form.getByLabel("Values").first().fill("blue");
  await form.getByRole("button", { name: "Add a condition" }).first().click();
  await form.getByLabel("and by").selectOption("category");
  await form.getByRole("combobox", { name: "Condition" }).nth(1).selectOption("is not");
  await form.getByLabel("Values").nth(1).fill("Hats\nShoes");
  await form.getByLabel("In searches that hold the words").fill("!?");
  await form.getByLabel("In searches that filter by").selectOption("price");
  await form.getByRole("textbox", { name: "To", exact: true }).fill("500");
  await form.getByRole("button", { name: "Keep as a draft" }).click();
  await form.getByText(/“!\?”: need a word/).waitFor();
  if (size === DESK) await look(page, "merchandising-form");
  await page.setViewportSize(size);
  await form.getByLabel("In searches that hold the words").fill("dress");
  await form.getByRole("button", { name: "Keep as a draft" }).click();
  const line = page.getByRole("listitem").filter({ hasText: `Blue first on ${name}` });
  await line.getByText(/Colour: blue · Category: not Hats, Shoes/).waitFor();
  await line.getByText(/in searches that filter by Price: –500/).waitFor();

  await line.getByRole("button", { name: /^Change the rule/ }).click();
  const edit = page.getByRole("dialog", { name: "Change the rule" });
  await edit.getByLabel("In searches that filter by").selectOption("");
  await edit.getByRole("button", { name: "Save" }).click();
  await line.getByText(/in searches for “dress”$/).waitFor();
  if (size === DESK) await look(page, "merchandising-one");

  // A draft moves nothing but its preview, where "why this" tells of it.
  await page.setViewportSize(size);
  await line.getByRole("link", { name: "Preview" }).click();
  await page.waitForURL(/preview=true/);
  await page
    .getByRole("button", { name: /^Why this: Blue/ })
    .first()
    .click();
  const why = page.getByRole("dialog");
  await why.getByText("Pinned by a rule").waitFor();
  if (size === DESK) await look(page, "merchandising-why");
  await page.goto(PATHS.rules);
  await line.getByRole("switch", { name: "Live" }).click();
  await expect
    .poll(() => line.getByRole("switch", { name: "Live" }).getAttribute("aria-checked"))
    .toBe("true");
  await line.getByRole("button", { name: /^Remove the rule/ }).click();
  await line.waitFor({ state: "detached" });
});

/** A page of the settings, signed in. */
async function opened(visitor: Visitor, path: string, size: typeof PHONE): Promise<Page> {
  visitor.allow(/status of 422/); // what is refused is part of each journey
  await visitor.page.setViewportSize(size);
  await visitor.signIn();
  await visitor.go(path);
  return visitor.page;
}
