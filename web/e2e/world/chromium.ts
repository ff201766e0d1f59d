import { existsSync } from "node:fs";

// The one without windows first: it opens a page in a third of the processor time.
const USUAL = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map(
  (name) => `/usr/bin/${name}`,
);

/** Where Chromium is: as CHROMIUM says, else where packages put it; null without one. */
export function chromiumPath(): string | null {
  return process.env.CHROMIUM ?? USUAL.find((path) => existsSync(path)) ?? null;
}

export const HOW_TO_INSTALL =
  "apt-get install chromium-headless-shell, or set CHROMIUM to the path of any Chromium";
