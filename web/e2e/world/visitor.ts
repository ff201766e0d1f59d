import { join } from "node:path";

import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type ConsoleMessage,
  type Page,
} from "playwright-core";
import { expect, inject, test as base, type TestContext } from "vitest";

import { address, until, type Place } from "./server";
import { EMAIL } from "./setup";
import { PHONE } from "./sizes";

export { expect };

/** Somebody with a browser. */
export interface Visitor {
  page: Page;
  place: Place;
  /** The administrator's. */
  password: string;
  /** A drawn file to hand in. */
  drawn: (name: string) => string;
  /** Sign in without a form; as the administrator if not told otherwise. */
  signIn: (email?: string, password?: string) => Promise<void>;
  /** Until every job has ended. */
  quiet: () => Promise<void>;
  /** Go to a page of ours. */
  go: (path: string) => Promise<void>;
  /** What the browser may complain about in this test; anything else fails it. */
  allow: (complaint: RegExp) => void;
}

let connected: Promise<Browser> | undefined;

/** A test with a visitor, which fails on whatever the console says. */
export const test = base.extend<{ visitor: Visitor }>({
  visitor: visiting({ viewport: { width: 1440, height: 900 } }),
});

/** The same with a phone, and fingers. */
export const onPhone = base.extend<{ visitor: Visitor }>({
  visitor: visiting({ viewport: PHONE, isMobile: true, hasTouch: true }),
});

type Using = (visitor: Visitor) => Promise<void>;

function visiting(device: BrowserContextOptions) {
  return async ({ task }: { task: TestContext["task"] }, use: Using): Promise<void> => {
    connected ??= chromium.connect(inject("browser"));
    const browser = await connected;
    const place = inject("place");
    const context = await browser.newContext({
      baseURL: address(place),
      ...device,
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    const allowed: RegExp[] = [];
    page.on("console", (message) => {
      if (isComplaint(message)) complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await use({
      page,
      place,
      password: inject("password"),
      drawn: (name) => join(place.folder, "drawn", name),
      signIn: async (email = EMAIL, password = inject("password")) => {
        const data = { email, password, cookie: true };
        const answer = await context.request.post("/v1/auth/sign-in", { data });
        expect(answer.status()).toBe(200);
      },
      quiet: () =>
        until(async () => {
          const pages = ["queued", "running"].map(async (status) => {
            const answer = await context.request.get(`/v1/jobs?status=${status}&limit=1`);
            return ((await answer.json()) as { jobs: unknown[] }).jobs.length;
          });
          return (await Promise.all(pages)).every((number) => number === 0);
        }, "the jobs to end"),
      go: async (path) => {
        await page.goto(path);
      },
      allow: (complaint) => allowed.push(complaint),
    });
    if (task.result?.state === "fail") await page.screenshot({ path: failurePath(task.name) });
    await context.close();
    expect(complaints.filter((each) => !allowed.some((one) => one.test(each)))).toEqual([]);
  };
}

function isComplaint(message: ConsoleMessage): boolean {
  return message.type() === "error" || message.type() === "warning";
}

function failurePath(name: string): string {
  return `screenshots/failed ${name.replaceAll(/[^\w ]/g, "")}.png`;
}
