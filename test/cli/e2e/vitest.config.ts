import { defineConfig } from "vitest/config";
import { resolve } from "../../../vitest.config.ts";

/** Tests that start the built executable as a process: in pipes, in a pseudo-terminal (tmux), and with Chromium. */
export default defineConfig({
  resolve,
  ssr: { resolve },
  test: { include: ["test/cli/e2e/**/*.e2e.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
