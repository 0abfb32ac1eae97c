import { defineConfig } from "vitest/config";
import { resolve } from "../../vitest.config.ts";

/** Tests of the pages in headless Chromium. */
export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    globalSetup: "test/support/leftovers.ts",
    include: ["test/browser/**/*.browser.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
