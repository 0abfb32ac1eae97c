import { defineConfig } from "vitest/config";

/** The packages find each other's sources, so that tests need no build. */
export const resolve = { conditions: ["bankdata-source", "node"] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  // Long enough for the property tests on a machine that is busy with other work.
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/leftovers.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
