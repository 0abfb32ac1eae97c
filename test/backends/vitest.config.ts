import { defineConfig } from "vitest/config";

/** Tests that need redis-server and PostgreSQL; they are started on loopback, in temporary folders. */
export default defineConfig({
  test: { include: ["test/backends/**/*.backend.ts"], testTimeout: 30_000, hookTimeout: 90_000 },
});
