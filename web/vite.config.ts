import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { texts } from "./scripts/texts.ts";

export default defineConfig({
  plugins: [react(), texts()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    target: "es2022",
    // Nothing inlined: the page's policy allows files of our own only.
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // The frame and the first page, each with all it needs in one file: small ones compress badly.
          groups: [
            { name: "frame", test: /\/src\/app\/router\.tsx$/, priority: 2 },
            { name: "search", test: /\/src\/features\/search\/Search\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
