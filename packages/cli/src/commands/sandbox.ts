import type { Command } from "commander";
import type { Terminal } from "../ui/terminal.ts";
import { wholeNumber } from "../ui/whole-number.ts";

interface SandboxCommandOptions {
  port: number;
  seed: number;
  state?: string;
  accounts?: number;
  transactionsPerDay?: number;
  limits: boolean;
}

export function registerSandbox(program: Command, terminal: Terminal): void {
  program
    .command("sandbox")
    .description("run a stand-in for the whole service on this machine")
    .option("--port <number>", "port on the loopback interface; 0 takes a free one", wholeNumber, 4010)
    .option("--seed <number>", "the same seed gives the same banks, accounts and histories", wholeNumber, 1)
    .option("--state <file>", "keep the state in this file between runs")
    .option("--accounts <number>", "how many accounts are linked from the start", wholeNumber)
    .option("--transactions-per-day <number>", "purchases of each account a day", wholeNumber)
    .option("--no-limits", "enforce no rate limits")
    .action(async ({ state, limits, ...options }: SandboxCommandOptions) => {
      const { sandbox } = await import("./sandbox.run.ts");
      await sandbox(terminal, { ...options, stateFile: state, rateLimits: limits });
    });
}
