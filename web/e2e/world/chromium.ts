import { existsSync } from "node:fs";

const USUAL = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is: as CHROMIUM says, else where packages put it; null without one. */
export function chromiumPath(): string | null {
  return process.env.CHROMIUM ?? USUAL.find((path) => existsSync(path)) ?? null;
}

export const HOW_TO_INSTALL = "apt-get install chromium, or set CHROMIUM to the program's path";
