import { Command, CommanderError } from "commander";
import { registerAccounts } from "./commands/accounts.ts";
import { registerBalances } from "./commands/balances.ts";
import { registerBanks } from "./commands/banks.ts";
import { registerCache } from "./commands/cache.ts";
import { registerCompletion } from "./commands/completion.ts";
import { registerConnect } from "./commands/connect.ts";
import { registerConnections } from "./commands/connections.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerDetails } from "./commands/details.ts";
import { registerDisconnect } from "./commands/disconnect.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerInit } from "./commands/init.ts";
import { registerQuota } from "./commands/quota.ts";
import { registerSandbox } from "./commands/sandbox.ts";
import { registerTransactions } from "./commands/transactions.ts";
import { addGlobalOptions, globalArguments } from "./session/global-options.ts";
import { printable } from "./ui/printable.ts";
import { isInteractive, printText, type Terminal } from "./ui/terminal.ts";
import { version } from "./version.ts";

export { CommanderError };

/** Every command, in the order in which help lists them. */
const COMMANDS: readonly ((program: Command, terminal: Terminal) => void)[] = [
  registerInit,
  registerDemo,
  registerSandbox,
  registerBanks,
  registerConnect,
  registerConnections,
  registerDisconnect,
  registerAccounts,
  registerBalances,
  registerDetails,
  registerTransactions,
  registerQuota,
  registerCache,
  registerDoctor,
  registerCompletion,
];

/**
 * The command line. A command's file under `commands/` registers it, and loads what it needs when it runs, so that
 * help is shown at once.
 *
 * @param run runs what a person picks from the menu
 */
export function program(terminal: Terminal, run: (args: readonly string[]) => Promise<void>): Command {
  const bankdata = new Command("bankdata")
    .description("Access your own bank accounts through the GoCardless Bank Account Data API.")
    .version(version(), "-V, --version")
    .showHelpAfterError("(see bankdata --help)")
    .configureOutput({
      writeOut: (text) => printText(terminal.out, text),
      writeErr: (text) => printText(terminal.err, text),
      // The message quotes arguments, which may contain line breaks.
      outputError: (text) => terminal.err.line(printable(text.trim())),
    })
    .exitOverride()
    .allowExcessArguments()
    .action(async () => {
      const [unknown] = bankdata.args;
      if (unknown !== undefined) {
        const { unknownCommand } = await import("./ui/unknown-command.ts");
        throw unknownCommand(
          unknown,
          bankdata.commands.map((command) => command.name()),
        );
      }
      if (!isInteractive(terminal)) return bankdata.help();
      const { menu } = await import("./ui/menu.ts");
      await menu(terminal, (command) => run([command, ...globalArguments(bankdata)]));
    });
  addGlobalOptions(bankdata);
  for (const register of COMMANDS) register(bankdata, terminal);
  return bankdata;
}
