import { defineConfig } from "vitest/config";

// The browser tests: a real server with real models, one Chromium, one test at a time.
export default defineConfig(({ mode }) => ({
  test: {
    // `--mode measure` and `--mode pictures` run other files, on larger catalogues.
    include: [`e2e/*.${mode}.ts`],
    environment: "node",
    globalSetup: "e2e/world/setup.ts",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A slip of the machine is no reason to hide one of ours: nothing is tried again.
    retry: 0,
  },
}));
