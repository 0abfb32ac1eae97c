import { defineConfig } from "vitest/config";

/** Tests that start the built executable as a process: in pipes, in a pseudo-terminal (tmux), and with Chromium. */
export default defineConfig({
  test: { include: ["test/cli/e2e/**/*.e2e.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
