import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeUsualArchive } from "./archive/usual-archive.ts";
import { compare, type Measure, timeInTurn } from "./measure.ts";

const executable = resolve(import.meta.dirname, "../packages/cli/bin/bankdata.js");

/**
 * (f) The start of the built executable, against that of Node with an empty program. After the warm-up, Node reads what it
 * has compiled from the compile cache, as on every start but the first.
 */
export async function startUp(): Promise<Measure[]> {
  const home = mkdtempSync(join(tmpdir(), "bankdata-bench-"));
  const env = { PATH: process.env["PATH"], HOME: home, LOCALAPPDATA: home, APPDATA: home, USERPROFILE: home };
  const node = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: home, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`node ${args.join(" ")} failed: ${stderr}`);
  };
  try {
    const archive = join(home, "archive", "archive.sqlite");
    mkdirSync(join(home, "archive"));
    await makeUsualArchive(archive);
    const times = await timeInTurn(
      {
        version: () => node(executable, "--version"),
        help: () => node(executable, "--help"),
        accounts: () => node(executable, "accounts", "--sandbox"),
        transactions: () => node(executable, "transactions", "--archive", archive),
        nothing: () => node("-e", "0"),
      },
      25,
      5,
    );
    const row = (command: string, time: number, goal: number) =>
      compare(`(f) bankdata ${command}`, time, "node -e 0", times.nothing, goal);
    return [
      row("--version", times.version, 2),
      row("--help", times.help, 1.8),
      row("accounts --sandbox", times.accounts, 9),
      row("transactions from the archive", times.transactions, 9),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
