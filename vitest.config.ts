import { defineConfig } from "vitest/config";

/** The packages find each other's sources, so that tests need no build. */
export const resolve = { conditions: ["bankdata-source", "node"] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: { include: ["test/**/*.test.ts"], testTimeout: 20_000 },
});
