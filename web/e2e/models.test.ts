import type { Page } from "playwright-core";

import { look } from "./world/looks";
import { python } from "./world/server";
import { expect, test } from "./world/visitor";

const REFUSED = "vitrine-mini-0.5.0-t0000e2e";

test("a refused model is read and overruled, proposals are put aside, a run fails with advice", async ({
  visitor,
}) => {
  const { page, place } = visitor;
  await python(["web/e2e/trained.py"], place);
  await visitor.signIn();
  await visitor.go("/settings/models");
  const model = page.getByRole("region", { name: REFUSED });
  const fallen = model.getByRole("row", { name: /^Same design found/ });
  await fallen.getByText("Fell too far").waitFor();
  await fallen.getByText("-0.068 to -0.019").waitFor();
  await look(page, "models-versions");
  await model.getByRole("button", { name: "Overrule the gate" }).click();
  const why = page.getByRole("dialog", { name: "Overrule the gate" });
  await why.getByRole("button", { name: "Overrule the gate" }).click();
  await why.getByText("Say why.").waitFor();
  await look(page, "models-overrule");
  await why.getByLabel("Reason").fill("The drop is in a category we no longer sell.");
  await why.getByRole("button", { name: "Overrule the gate" }).click();
  await model.getByText("a category we no longer sell").waitFor();

  await model.getByRole("link", { name: "A training run" }).click();
  const report = page.getByRole("link", { name: "Report" });
  const [opened] = await Promise.all([page.waitForEvent("popup"), report.click()]);
  await opened.getByRole("heading", { name: "How it went" }).waitFor();
  await opened.close();
  await page.getByText("212 newly verified products since the last run").waitFor();
  await look(page, "models-training");
  await page.getByRole("button", { name: "Dismiss", exact: true }).click();
  await page.getByText("The proposal is dismissed.").waitFor();

  // Nobody verified anything for detectors: the run says so, and what to do.
  await page.getByRole("button", { name: "Start a run" }).click();
  const form = page.getByRole("dialog", { name: "Start a run" });
  await form.getByLabel("What to train").selectOption("adapt");
  await form.getByLabel("Data").waitFor({ state: "detached" });
  await form.getByLabel("What to train").selectOption("detector");
  await look(page, "models-start");
  await form.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("The run is queued.").waitFor();
  const failed = page.getByRole("region", { name: "Detector" }).filter({ hasText: "Failed" });
  await failed.getByRole("button", { name: "Go on" }).waitFor({ timeout: 60_000 });
  await failed
    .getByText(/review|pip install/i)
    .first()
    .waitFor();
});

test("a collection is built, compared, searched, gone back from and retired", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.go("/settings/models?tab=collections");
  await page.getByRole("button", { name: "Build a collection" }).click();
  const form = page.getByRole("dialog", { name: "Build a collection" });
  await form.getByLabel("Share of words").fill("25");
  await look(page, "models-build");
  await form.getByRole("button", { name: "Build a collection" }).click();
  await page.getByText("The build is queued.").waitFor();
  await page.getByRole("button", { name: "Search this one" }).waitFor({ timeout: 120_000 });
  const built =
    (await page
      .getByRole("region")
      .filter({ hasText: "Ready" })
      .getByRole("heading", { level: 2 })
      .textContent()) ?? "";
  const made = page.getByRole("region", { name: built });
  await made.getByText(/of the first 10 hits are the same/).waitFor();
  await made.getByRole("row", { name: /^Time for a photo/ }).waitFor();
  await look(page, "models-collections");

  await made.getByRole("button", { name: "Search this one" }).click();
  await agree(page, "Search this one");
  await page.getByText("It is searched now.").waitFor();
  await made.getByText("Searched", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Go back to it" }).click();
  await agree(page, "Go back to it");
  await page.getByText("The earlier collection is searched again.").waitFor();
  await made.getByText("Standby").waitFor();
  await made.getByRole("button", { name: "Retire" }).click();
  await agree(page, "Retire");
  await made.getByRole("button", { name: "Build again" }).waitFor();
  expect(await page.getByRole("button", { name: "Go back to it" }).count()).toBe(0);
  await visitor.quiet();
});

/** Say yes to what is asked. */
async function agree(page: Page, name: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
}

test("a run that goes on tells how far it is and how long it still takes", async ({ visitor }) => {
  const { page } = visitor;
  const id = "00000000-0000-7000-8000-0000000000e2";
  const began = new Date().toISOString();
  const job = {
    ...{ id, kind: "train", status: "running", done: 320, total: 800, progress: 0.4, attempts: 1 },
    ...{ created_at: began, started_at: began, finished_at: null, cancel_asked_at: null },
    ...{ product_id: null, error_code: null, error_hint: null, error_message: null },
  };
  const run = {
    ...{ id, kind: "encoder", state: "running", job, seconds_left: 372, verified: 0, settings: {} },
    ...{ created_at: began, started_at: began, started_by: null, snapshot: "clip-1a2b3c4d" },
    ...{ figures: { loss: 0.231 }, log: "step 320: look 6, best so far", has_report: false },
    model: null,
  };
  await page.route("**/v1/training/runs?*", (route) =>
    route.fulfill({ json: { runs: [run], next_cursor: null } }),
  );
  const told = { ...job, done: 360, progress: 0.45 };
  await page.route(`**/v1/jobs/${id}/events`, (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: `event: job\ndata: ${JSON.stringify(told)}\n\n`,
    }),
  );
  await visitor.signIn();
  await visitor.go("/settings/models?tab=training");
  await page.getByText("360 of 800").waitFor();
  await page.getByText("About 7 minutes left for this step").waitFor();
  await page.getByText("Log", { exact: true }).click();
  await page.getByText("best so far").waitFor();
  await page.getByText("None was written yet.").waitFor();
  await look(page, "models-running");
});
