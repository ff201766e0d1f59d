import { createServer } from "node:http";

import { freePort } from "./world/server";
import { expect, test } from "./world/visitor";

const FIRST = "correct horse battery staple";
const SECOND = "another long and quiet phrase";

test("add a user, change their role and password, delete them", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/people");
  await page.getByRole("button", { name: "New user" }).click();
  const form = page.getByRole("dialog", { name: "New user" });
  await form.getByLabel("Email").fill("ada@example.com");
  await form.getByLabel("Name").fill("Ada");
  await form.getByLabel("Role").selectOption("viewer");
  await form.getByLabel("First password").fill("short");
  await form.getByRole("button", { name: "Make one up" }).click();
  await form.getByRole("button", { name: "Add user" }).click();
  await page.getByText("ada@example.com can sign in now.").waitFor();

  await page.getByLabel("Role of ada@example.com").selectOption("editor");
  await page.getByText("ada@example.com is now: Editor.").waitFor();

  await page.getByRole("button", { name: "Reset the password of ada@example.com" }).click();
  await page.getByLabel("New password").fill(FIRST);
  await page.getByRole("dialog").getByRole("button", { name: "Reset password" }).click();
  await page.getByText("The password of ada@example.com is changed.").waitFor();

  await page.getByRole("button", { name: "API keys of ada@example.com" }).click();
  await page.getByRole("dialog").getByText("There are no API keys.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();

  await page.getByRole("button", { name: "Delete ada@example.com" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("ada@example.com is deleted.").waitFor();
  await page.getByLabel("Role of ada@example.com").waitFor({ state: "detached" });
  // Nobody can take away their own role or account here.
  expect(await page.getByLabel("Role of admin@example.com").count()).toBe(0);
});

test("calibrate, read the reliability of levels, and decide what a value means", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/quality");
  await page.getByRole("button", { name: "Calibrate now" }).click();
  await page.getByText("It is being fitted.").waitFor();
  await page.getByRole("columnheader", { name: "Promised" }).waitFor({ timeout: 60_000 });
  await visitor.go("/settings/words");
  const choice = page.getByLabel(/^What .+ means$/).first();
  await choice.selectOption("=");
  await page.getByText("Saved.").waitFor();
  await page.getByText("decided by a person").first().waitFor();
  await choice.selectOption("proposed");
  await page.getByText("decided by a person").first().waitFor({ state: "detached" });
});

test("a viewer may change their password, and is kept out of what is not theirs", async ({
  visitor,
}) => {
  const { page } = visitor;
  visitor.allow(/403/);
  await visitor.signIn();
  const user = { email: "grace@example.com", name: "Grace", role: "viewer", password: FIRST };
  await visitor.go("/settings/keys");
  await page.getByText("You have no API keys.").waitFor();
  const made = await page.evaluate(async (body) => {
    const token = /vitrine_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    return (await fetch("/v1/users", options)).status;
  }, user);
  expect(made).toBe(201);
  await page.context().clearCookies();
  await visitor.signIn(user.email, FIRST);
  await visitor.go("/settings/account");
  await page.getByLabel("Present password").fill("not this one");
  await page.getByLabel("New password", { exact: true }).fill(SECOND);
  await page.getByLabel("New password, once more").fill(FIRST);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("The two passwords differ.").waitFor();
  await page.getByLabel("New password, once more").fill(SECOND);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("This is not your present password.").waitFor();
  await page.getByLabel("Present password").fill(FIRST);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed.").waitFor();
  await visitor.signIn(user.email, SECOND);

  await visitor.go("/settings/people");
  await page.getByRole("heading", { name: "Not for your role" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/settings/people");
  expect(await page.getByRole("link", { name: "Add products" }).count()).toBe(0);
});

test("read the audit log, narrow it, take it home", async ({ visitor }) => {
  const { page } = visitor;
  visitor.allow(/401/);
  await visitor.go("/sign-in");
  await page.getByLabel("Email").fill("mallory@example.com");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();
  await visitor.signIn();
  await visitor.go("/");
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Sections" }).getByText("Audit log").click();
  const events = page.getByRole("list", { name: "Audit log" }).getByRole("listitem");
  await events.first().getByText("Signed in with a password").waitFor();
  await page.getByLabel("Outcome").selectOption("refused");
  await page.getByLabel("Who").fill("mallory@example.com");
  await page.getByLabel("Who").press("Enter");
  await page.waitForURL(/actor=mallory/);
  await events.first().getByText("wrong_credentials").waitFor();
  expect(await events.count()).toBe(1);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV file" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("audit.csv");
  await page.getByLabel("Who").fill("eve@example.com");
  await page.getByLabel("Who").press("Enter");
  await page.getByRole("button", { name: "Show all" }).click();
  await events.nth(1).waitFor();
});

test("make an API key that works, see it once, revoke it", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/keys");
  await page.getByRole("button", { name: "New key" }).click();
  const form = page.getByRole("dialog", { name: "New key" });
  await form.getByLabel("Name").fill("Shop sync");
  await form.getByRole("checkbox", { name: "Read the catalogue" }).uncheck();
  await form.getByRole("checkbox", { name: /^Search/ }).uncheck();
  await form.getByRole("button", { name: "Make key" }).click();
  await form.getByText("Choose at least one.").waitFor();
  await form.getByRole("checkbox", { name: "Read the catalogue" }).check();
  await form.getByRole("button", { name: "Make key" }).click();
  const made = page.getByRole("dialog", { name: "Your new key" });
  const key = await made.getByRole("textbox", { name: "Your new key" }).inputValue();
  await made.getByRole("button", { name: "Done" }).click();
  const use = () =>
    fetch(new URL("/v1/products", page.url()), { headers: { Authorization: `Bearer ${key}` } });
  expect((await use()).status).toBe(200);
  expect(await page.content()).not.toContain(key);

  await page.getByRole("button", { name: "Revoke Shop sync" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("You have no API keys.").waitFor();
  expect((await use()).status).toBe(401);
});

test("add a webhook, send a test, see its delivery, replay it, renew its secret", async ({
  visitor,
}) => {
  const { page } = visitor;
  const received: string[] = [];
  const receiver = createServer((request, response) => {
    received.push(String(request.headers["webhook-id"]));
    response.writeHead(204).end();
  });
  const port = await freePort();
  receiver.listen(port, "127.0.0.1");
  try {
    await visitor.signIn();
    await visitor.go("/settings/webhooks");
    await page.getByRole("button", { name: "New webhook" }).click();
    const form = page.getByRole("dialog", { name: "New webhook" });
    await form.getByLabel("Address").fill(`http://127.0.0.1:${port}/hooks`);
    await form.getByRole("checkbox", { name: "A job failed" }).check();
    await form.getByRole("button", { name: "Add webhook" }).click();
    const secret = page.getByRole("textbox", { name: "Its secret" });
    const first = await secret.inputValue();
    expect(first).toMatch(/^whsec_/);
    await page.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Send a test" }).click();
    const deliveries = page.getByRole("list", { name: "Deliveries" });
    await deliveries.getByText("Delivered").waitFor();
    await deliveries.getByRole("button", { name: "webhook.test" }).click();
    const told = page.getByRole("dialog", { name: "Delivery" });
    await told.getByText("Answered 204").waitFor();
    await page.keyboard.press("Escape");
    await deliveries.getByRole("button", { name: "Send again" }).click();
    await expect.poll(() => received.length).toBe(2);
    expect(new Set(received).size).toBe(1);

    await page.getByRole("switch", { name: "Enabled" }).click();
    await page.getByText("Webhook disabled.").waitFor();
    await page.getByRole("button", { name: "New secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "New secret" }).click();
    expect(await secret.inputValue()).not.toBe(first);
    await page.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Webhook deleted.").waitFor();
    await page.waitForURL(/\/settings\/webhooks$/);
  } finally {
    receiver.close();
  }
});

test("add a source, pull it, confirm what it would hide, and remove it", async ({ visitor }) => {
  const { page } = visitor;
  visitor.allow(/422/); // of an address that is none
  const sent: string[] = [];
  let rows = Array.from({ length: 12 }, (_, n) => `F-${n},Feed shirt ${n}`);
  const feed = createServer((request, response) => {
    sent.push(`${request.url} ${request.headers.authorization}`);
    response.end(["sku,title", ...rows, ""].join("\n"));
  });
  const port = await freePort();
  feed.listen(port, "127.0.0.1");
  try {
    await visitor.signIn();
    await visitor.go("/settings/sources");
    await page.getByRole("button", { name: "New source" }).click();
    const form = page.getByRole("dialog", { name: "New source" });
    await form.getByLabel("Name", { exact: true }).fill("Spring");
    await form.getByLabel("Address or folder").fill("http://nobody.invalid/feed.csv");
    await form.getByLabel("Password or token").fill("hush");
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByText("cannot be resolved").waitFor();
    await form.getByLabel("Address or folder").fill(`http://127.0.0.1:${port}/feed.csv?key=secret`);
    await form.getByLabel("How often").selectOption("0");
    await form.getByRole("button", { name: "Save" }).click();

    const list = page.getByRole("list", { name: "Sources" });
    await list.getByText(`http://127.0.0.1:${port}/feed.csv …`).waitFor();
    await list.getByRole("button", { name: "Pull Spring now" }).click();
    await list.getByText("12 new").waitFor();
    expect(sent).toEqual(["/feed.csv?key=secret Bearer hush"]);

    rows = rows.slice(0, 1);
    await list.getByRole("button", { name: "Pull Spring now" }).click();
    await list.getByText("Waits for you").waitFor();
    await list.getByRole("button", { name: "Apply, and hide 11" }).click();
    await list.getByText("11 hidden").waitFor();
    await list.getByRole("button", { name: "Pulls of Spring" }).click();
    const pulls = page.getByRole("dialog", { name: "Pulls of Spring" });
    await expect.poll(() => pulls.getByRole("listitem").count()).toBe(3);
    expect(await page.content()).not.toContain("secret");
    await page.keyboard.press("Escape");

    await list.getByRole("button", { name: "Delete Spring" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No sources yet").waitFor();
  } finally {
    feed.close();
  }
});

test("jobs: a batch is one row, narrow them, open one, see where its time went", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/jobs");
  await page.getByText("Live").waitFor();
  const whole = page.getByRole("list", { name: "Jobs", exact: true }).getByRole("listitem");
  const batch = whole.filter({ hasText: "Import a file: catalogue.csv" });
  await batch.getByRole("button", { name: /^\d+ parts: / }).click();
  const parts = batch.getByRole("list", { name: /^Parts of/ }).getByRole("listitem");
  await parts.first().getByText("Read photos").waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForURL(/state=ended/);
  await page.getByLabel("Kind").selectOption("import");
  await page.waitForURL(/kind=import/);
  await page.getByRole("link", { name: "Import a file: catalogue.csv" }).click();
  await page.getByRole("heading", { name: "Import a file: catalogue.csv" }).waitFor();
  const members = page.getByRole("list", { name: /^Parts of/ }).getByRole("link");
  await members.first().click();
  await page.getByText("Find garments").waitFor();
  await page.getByText("Compute vectors").waitFor();
  await page.getByRole("link", { name: "Show the whole" }).click();
  await page.getByRole("heading", { name: "Import a file: catalogue.csv" }).waitFor();
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await page.waitForURL(/kind=import/);
  await page.getByRole("button", { name: "Failed" }).click();
  await page.getByRole("heading", { name: "No job like this" }).waitFor();
});
