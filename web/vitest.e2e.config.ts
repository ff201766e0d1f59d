import { defineConfig } from "vitest/config";

import { chromiumPath, HOW_TO_INSTALL } from "./e2e/world/chromium.ts";

// As for the other servers that tests use: missing is a failure in CI, and skipped elsewhere.
const skipped = chromiumPath() === null && !process.env.CI;
if (skipped) console.warn(`Browser tests are skipped. For them: ${HOW_TO_INSTALL}`);

// The browser tests: a real server with real models, one Chromium, one test at a time.
export default defineConfig(({ mode }) => ({
  test: {
    // `--mode measure` and `--mode pictures` run other files, on larger catalogues.
    include: skipped ? [] : [`e2e/*.${mode}.ts`],
    passWithNoTests: skipped,
    environment: "node",
    globalSetup: "e2e/world/setup.ts",
    fileParallelism: false,
    // Patient, for machines that are busy; nothing here waits for its own sake.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000, interval: 100 } },
  },
}));
