import { defineConfig } from "vite";

// The script of shops: one file that needs no other, beside the staff's pages in the same folder.
export default defineConfig({
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() as it is written
    emptyOutDir: false,
    copyPublicDir: false,
    lib: { entry: "src/embed/main.ts", formats: ["iife"], name: "_", fileName: () => "vitrine.js" },
  },
});
