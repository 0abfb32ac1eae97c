import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addReadOptions, type ReadOptions } from "../accounts/account-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { Terminal } from "../ui/terminal.ts";
import { wholeNumber } from "../ui/whole-number.ts";
import type { TransactionQuery } from "./transactions.query.ts";

interface TransactionsOptions extends TransactionQuery, ReadOptions {}

export function registerTransactions(program: Command, terminal: Terminal): void {
  const transactions = program
    .command("transactions")
    .description("show the transactions of one account or all, the newest first")
    .argument(...ACCOUNT_ARGUMENT)
    .option("--from <date>", "first date, such as 2026-01-31")
    .option("--to <date>", "last date")
    .option("--days <number>", "number of days back (default 90)", wholeNumber)
    .option("--pending", "only pending transactions")
    .option("--booked", "only booked transactions")
    .option("--search <text>", "only transactions whose name, text or amount contains this text");
  addReadOptions(transactions).action(
    async (account: string | undefined, options: TransactionsOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const run = await import("./transactions.run.ts");
        return await run.transactions(session, account, options);
      });
    },
  );
}
