import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives the tests a temporary folder of their own, and fails if they have left anything in it. Other users may look into
 * it, as tests start processes of other users.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-tests-"));
  chmodSync(folder, 0o755);
  process.env["TMPDIR"] = folder;
  return () => {
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true, force: true });
    if (left.length === 0) return;
    process.exitCode = 1; // Vitest only prints an error that is thrown here.
    throw new Error(`Tests left these in the temporary folder: ${left.join(", ")}`);
  };
}
