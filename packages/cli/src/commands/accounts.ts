import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addArchiveOption } from "../accounts/account-options.ts";
import { runReading } from "../session/archive-context.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerAccounts(program: CommandLine, terminal: Terminal): void {
  const accounts = program
    .command("accounts")
    .description("list your accounts")
    .withExamples("bankdata accounts", "bankdata accounts --json")
    .option("--live", "ask the service, whatever is archived")
    .helpCommand(false)
    .action(async ({ live }: { live?: boolean }, command: Command) => {
      await runReading(terminal, command, {
        live: live === true,
        fromArchive: async (context) => {
          const { archivedAccounts } = await import("./accounts.archived.ts");
          return await archivedAccounts(context);
        },
        throughProvider: async (session) => {
          const { accounts } = await import("./accounts.run.ts");
          return await accounts(session);
        },
      });
    });
  const [, meaning] = ACCOUNT_ARGUMENT;
  const same = accounts
    .command("same")
    .description("make one account of two in the archive that are the same, if their bank does not say so")
    .withExamples("bankdata accounts same giro 01k2x5")
    .argument("<account>", `${meaning}, or its id in the archive; its id and name stay`)
    .argument("<other>", "the same of the account that becomes a part of it")
    .option("--yes", "do not ask for confirmation");
  addArchiveOption(same).action(
    async (account: string, other: string, { yes }: { yes?: boolean }, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { makeSame } = await import("./accounts.same.run.ts");
        await makeSame(session, [account, other], { confirmed: yes });
      });
    },
  );
}
