import type { Command } from "commander";
import type { ConnectWish } from "../connect/consent.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { Terminal } from "../ui/terminal.ts";
import { wholeNumber } from "../ui/whole-number.ts";

interface ConnectOptions extends ConnectWish {
  renew?: string;
}

export function registerConnect(program: Command, terminal: Terminal): void {
  program
    .command("connect")
    .description("connect a bank, or renew a connection")
    .argument("[bank]", "id or name of the bank")
    .option("--days <number>", "days of history (default: the most that the bank allows)", wholeNumber)
    .option("--access <number>", "days of access (default: the most that the bank allows)", wholeNumber)
    .option("--renew <reference>", "renew the connection that has this reference")
    .option("--no-browser", "show the link without opening a browser")
    .action(async (bank: string | undefined, { renew, ...wish }: ConnectOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { connect } = await import("./connect.run.ts");
        return await connect(session, { bank, renew }, wish);
      });
    });
}
