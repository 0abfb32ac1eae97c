import { defineConfig } from "vitest/config";
import { resolve } from "../../vitest.config.ts";

/**
 * Tests that need redis-server and PostgreSQL, which they start on loopback, in temporary folders; and those of the archive,
 * on PostgreSQL instead of SQLite.
 */
export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    globalSetup: ["test/support/leftovers.ts", "test/backends/archive-postgres.ts"],
    include: [
      "test/backends/**/*.backend.ts",
      "test/archive/archive/**/*.test.ts",
      "test/archive/concurrency.test.ts",
    ],
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
