import type { Command } from "commander";
import type { ConnectWish } from "../connect/consent.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import { duration } from "../ui/duration.ts";
import { line } from "../ui/printable.ts";
import type { Terminal } from "../ui/terminal.ts";
import { DAYS, wholeNumber } from "../ui/whole-number.ts";
import { wrongUse } from "../ui/wrong-use.ts";

interface ConnectOptions extends ConnectWish {
  renew?: string;
}

export function registerConnect(program: CommandLine, terminal: Terminal): void {
  const connect = program
    .command("connect")
    .description("connect a bank, or renew a connection")
    .withExamples(
      "bankdata connect N26_NTSBDEB1",
      "bankdata connect N26 --days 90 --no-browser",
      "bankdata connect --renew n26-2026-11-24-a169ed",
    )
    .argument("[bank]", "id or name of the bank")
    .option("--renew <reference>", "renew the connection that has this reference")
    .option("--no-browser", "show the link without opening a browser")
    .action(async (bank: string | undefined, { renew, ...wish }: ConnectOptions, command: Command) => {
      if (bank !== undefined && renew !== undefined) {
        throw wrongUse(command, line`Name a bank, or a connection with --renew, not both.`);
      }
      await runInSession(terminal, command, async (session) => {
        const run = await import("./connect.run.ts");
        return await run.connect(session, { bank, renew }, wish);
      });
    });
  connect
    .option(
      "--days <number>",
      "days of history (default: the most that the bank allows)",
      wholeNumber(connect, "--days", DAYS),
    )
    .option(
      "--access <number>",
      "days of access (default: the most that the bank allows)",
      wholeNumber(connect, "--access", DAYS),
    )
    .option(
      "--timeout <time>",
      "how long to wait for you, in minutes, or such as 90s or 2h (default: 45)",
      duration(connect, "--timeout"),
    );
}
