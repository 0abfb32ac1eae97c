import { defineConfig } from "vitest/config";
import { resolve } from "../../vitest.config.ts";

/** Tests that need redis-server and PostgreSQL, which they start on loopback, in temporary folders. */
export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    globalSetup: "test/support/leftovers.ts",
    include: ["test/backends/**/*.backend.ts"],
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
