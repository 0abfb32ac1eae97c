import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { compare, type Measure, timeInTurn } from "./measure.ts";

const executable = resolve(import.meta.dirname, "../packages/cli/bin/bankdata.js");

/** (c) The start of the built executable, against that of Node with an empty program. */
export async function startUp(): Promise<Measure[]> {
  const node = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`node ${args.join(" ")} failed: ${stderr}`);
  };
  const times = await timeInTurn(
    {
      version: () => node(executable, "--version"),
      help: () => node(executable, "--help"),
      nothing: () => node("-e", "0"),
    },
    25,
    5,
  );
  return [
    compare("(c) bankdata --version", times.version, "node -e 0", times.nothing, 2),
    compare("(c) bankdata --help", times.help, "node -e 0", times.nothing, 2),
  ];
}
