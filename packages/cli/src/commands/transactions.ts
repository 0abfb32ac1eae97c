import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addReadOptions, type ReadOptions } from "../accounts/account-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";
import { DAYS, wholeNumber } from "../ui/whole-number.ts";
import type { TransactionQuery } from "./transactions.query.ts";

interface TransactionsOptions extends TransactionQuery, ReadOptions {}

export function registerTransactions(program: CommandLine, terminal: Terminal): void {
  const transactions = program
    .command("transactions")
    .description("show the transactions of one account or all, the newest first")
    .withExamples(
      "bankdata transactions giro --days 30",
      "bankdata transactions --from 2026-01-01 --to 2026-01-31 --booked --jsonl",
      'bankdata transactions 5675 --search "corner market"',
    )
    .argument(...ACCOUNT_ARGUMENT)
    .option("--from <date>", "first date, such as 2026-01-31")
    .option("--to <date>", "last date")
    .option("--pending", "only pending transactions")
    .option("--booked", "only booked transactions")
    .option("--search <text>", "only transactions whose name, text or amount contains this text");
  transactions.option(
    "--days <number>",
    "number of days back (default 90)",
    wholeNumber(transactions, "--days", DAYS),
  );
  addReadOptions(transactions).action(
    async (account: string | undefined, options: TransactionsOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const run = await import("./transactions.run.ts");
        return await run.transactions(session, account, options);
      });
    },
  );
}
