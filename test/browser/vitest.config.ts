import { defineConfig } from "vitest/config";

/** Tests of pages in a real headless Chromium. */
export default defineConfig({
  test: { include: ["test/browser/**/*.browser.ts"], testTimeout: 30_000, hookTimeout: 60_000 },
});
