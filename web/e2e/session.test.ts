import { EMAIL } from "./world/setup";
import { start, stop } from "./world/server";
import { expect, test } from "./world/visitor";

test("a wrong password is told, and nothing of the pages is shown", async ({ visitor }) => {
  const { page } = visitor;
  visitor.allow(/401/); // the browser notes every refusal
  await visitor.go("/jobs?state=failed");
  await page.getByLabel("Email").fill("nobody@example.com");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();
  expect(await page.getByRole("navigation").count()).toBe(0);
});

test("the sign-in provider is offered only where there is one", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.go("/sign-in");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(await page.getByRole("link", { name: /^Sign in with/ }).count()).toBe(0);
  await page.route("**/v1/auth/methods", (route) =>
    route.fulfill({ json: { oidc: "Example ID" } }),
  );
  await visitor.go("/jobs?state=failed");
  const link = page.getByRole("link", { name: "Sign in with Example ID" });
  expect(await link.getAttribute("href")).toBe("/v1/auth/oidc/start?next=%2Fjobs%3Fstate%3Dfailed");
  await visitor.go("/sign-in?problem=oidc_email_unverified");
  await page
    .getByRole("alert")
    .getByText(/has not verified your email/)
    .waitFor();
});

test("who was signed out comes back to the same page", async ({ visitor }) => {
  const { page } = visitor;
  visitor.allow(/401|403/);
  await visitor.signIn();
  await visitor.go("/settings/keys");
  await page.getByText("You have no API keys.").waitFor();
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.getByText("Your session has ended.").waitFor();
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByLabel("Password").fill(visitor.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/jobs$/);
  await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
});

test("signing out ends it: going back shows the sign-in", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/keys");
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test(
  "the server goes and comes back, and the page says so",
  { timeout: 180_000 },
  async ({ visitor }) => {
    const { page, place } = visitor;
    visitor.allow(/ERR_|Failed to load resource/);
    await visitor.signIn();
    await visitor.go("/jobs");
    await page.getByRole("list", { name: "Jobs" }).waitFor();
    await page.waitForFunction(() => performance.getEntriesByName("screens-there").length > 0);
    await stop(place);
    try {
      await page.getByText("The server cannot be reached. Trying again…").waitFor();
      await page.getByRole("link", { name: "Catalogue" }).first().click();
      await page.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
    } finally {
      await start(place);
    }
    await page.getByText("Back online.").waitFor();
    await page.getByRole("heading", { name: "Catalogue", level: 1 }).waitFor();
    await page.getByText("The server cannot be reached").first().waitFor({ state: "hidden" });
  },
);

test("a language is chosen, and kept", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/account");
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
  await page.getByRole("heading", { name: "Konto" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Konto" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
});
