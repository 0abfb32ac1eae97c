import type { Command } from "commander";
import type { Terminal } from "../ui/terminal.ts";
import { portNumber, wholeNumber } from "../ui/whole-number.ts";

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
    .description("run a stand-in for the service on this machine")
    .option("--port <number>", "port on the loopback interface; 0 picks a free one", portNumber, 4010)
    .option(
      "--seed <number>",
      "the same seed produces the same banks, accounts and histories",
      wholeNumber,
      1,
    )
    .option("--state <file>", "keep the state in this file between runs")
    .option("--accounts <number>", "number of accounts that are linked from the start", wholeNumber)
    .option("--transactions-per-day <number>", "number of purchases per account and day", wholeNumber)
    .option("--no-limits", "do not enforce rate limits")
    .action(async ({ state, limits, ...options }: SandboxCommandOptions) => {
      const { sandbox } = await import("./sandbox.run.ts");
      await sandbox(terminal, { ...options, stateFile: state, rateLimits: limits });
    });
}
