import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addArchiveOption } from "../accounts/account-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";
import { DAYS, wholeNumber } from "../ui/whole-number.ts";
import type { SyncWish } from "./sync.run.ts";

const [, ACCOUNT] = ACCOUNT_ARGUMENT;

export function registerSync(program: CommandLine, terminal: Terminal): void {
  const sync = program
    .command("sync")
    .description("read what is new at the banks into the archive, as often as they allow")
    .withExamples("bankdata sync", "bankdata sync giro --now", "bankdata sync --quiet --warn-days 14")
    .onPage("docs/running.md")
    .argument("[account...]", ACCOUNT)
    .option("--now", "ask at once, also with the call that is otherwise left for you")
    .option("--full", "ask at once for all history that the consent allows")
    .option("--from <date>", "ask at once from this date on, such as 2026-01-31")
    .option("--dry-run", "say what would be asked and when, and ask nobody")
    .option("--force", "ask even if an account is paused because it keeps failing");
  sync.option(
    "--warn-days <number>",
    "end with 3 if a consent ends within this number of days (default 7)",
    wholeNumber(sync, "--warn-days", { from: 0, to: DAYS.to }),
  );
  addArchiveOption(sync).action(async (names: string[], wish: SyncWish, command: Command) => {
    await runInSession(terminal, command, async (session) => {
      const run = await import("./sync.run.ts");
      return await run.syncAccounts(session, names, wish);
    });
  });
}
