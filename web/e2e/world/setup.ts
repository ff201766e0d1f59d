import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

import { chromiumPath, HOW_TO_INSTALL } from "./chromium";
import { address, freePort, python, start, stop, until, type Place } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    place: Place;
    browser: string;
    password: string;
  }
}

export const EMAIL = "admin@example.com";
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera that shows a test picture; without windows nobody can be asked whether a page may use it.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** Which drawn catalogue the tests of a file name's ending need; the small one without a word. */
const CATALOGUES: Readonly<Record<string, string>> = { measure: "many", pictures: "all" };

/** A browser, and a server with real models that knows a small drawn catalogue. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ending = /(\w+)\.ts$/.exec(project.config.include.join())?.[1] ?? "";
  const name = CATALOGUES[ending] ?? "catalogue";
  if (!existsSync("dist/index.html")) throw new Error("Build the front end first: make web");
  const place = { folder: mkdtempSync(join(tmpdir(), "vitrine-e2e-")), port: await freePort() };
  const password = randomBytes(18).toString("base64url");
  mkdirSync("screenshots", { recursive: true });
  const browser = await chromium.launchServer({
    executablePath: found(),
    // As root, which CI often is, Chromium has no sandbox.
    args: process.getuid?.() === 0 ? ["--no-sandbox", ...QUIET] : QUIET,
  });
  await Promise.all([
    python(["web/e2e/drawn.py", join(place.folder, "drawn"), name]),
    begin(place, password),
  ]);
  await fill(place, password, name);
  project.provide("place", place);
  project.provide("browser", browser.wsEndpoint());
  project.provide("password", password);
  return async () => {
    await browser.close();
    await stop(place);
    rmSync(place.folder, { recursive: true, force: true });
  };
}

/** Make the database and its administrator, and serve. */
async function begin(place: Place, password: string): Promise<void> {
  await python(["-m", "vitrine", "migrate"], place);
  await python(["-m", "vitrine", "create-admin", EMAIL, "--password-stdin"], place, password);
  await start(place);
}

function found(): string {
  const path = chromiumPath();
  if (path === null) throw new Error(`Needs Chromium: ${HOW_TO_INSTALL}`);
  return path;
}

/** Import a drawn catalogue and wait until all of it can be found. */
async function fill(place: Place, password: string, name: string): Promise<void> {
  const at = address(place);
  const call = async (path: string, options: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(at + path, options);
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  };
  const signedIn = await call("/v1/auth/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: EMAIL, password }),
  });
  const headers = {
    Authorization: `Bearer ${(signedIn as { access_token: string }).access_token}`,
  };
  const form = new FormData();
  for (const [field, ending] of [
    ["file", "csv"],
    ["images", "zip"],
  ] as const) {
    const bytes = readFileSync(join(place.folder, "drawn", `${name}.${ending}`));
    form.append(field, new Blob([bytes]), `${name}.${ending}`);
  }
  await call("/v1/imports", { method: "POST", headers, body: form });
  await until(
    async () => {
      const waiting = ["queued", "running"].map(async (status) => {
        const page = await call(`/v1/jobs?status=${status}&limit=1`, { headers });
        return (page as { jobs: unknown[] }).jobs.length;
      });
      return (await Promise.all(waiting)).every((n) => n === 0);
    },
    "the catalogue to be indexed",
    600_000,
  );
}
