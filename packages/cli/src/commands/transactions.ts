import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addReadOptions, isLive, type ReadOptions } from "../accounts/account-options.ts";
import { runReading } from "../session/archive-context.ts";
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
    .option("--uncertain", "only transactions that are not put together beyond doubt")
    .option("--gone", "also pending ones that vanished, and booked ones that the bank took back")
    .option("--search <text>", "only transactions with words that begin like these, or with this amount")
    .option("--who <name>", "only transactions with someone whose name has such words")
    .option(
      "--amount <amount>",
      "only transactions with this amount, or in a range such as 10..20 or -50..-10",
    )
    .option("--raw", "only the bank's own words, as one JSON object a line");
  transactions.option(
    "--limit <number>",
    "at most so many",
    wholeNumber(transactions, "--limit", { from: 1, to: 1_000_000 }),
  );
  transactions.option(
    "--days <number>",
    "number of days back (default 90)",
    wholeNumber(transactions, "--days", DAYS),
  );
  addReadOptions(transactions).action(
    async (account: string | undefined, options: TransactionsOptions, command: Command) => {
      await runReading(terminal, command, {
        live: isLive(options),
        fromArchive: async (context) => {
          const { archivedTransactions } = await import("./transactions.archived.ts");
          return await archivedTransactions(context, { ...options, account });
        },
        throughProvider: async (session) => {
          const run = await import("./transactions.run.ts");
          return await run.transactions(session, account, options);
        },
      });
    },
  );
}
