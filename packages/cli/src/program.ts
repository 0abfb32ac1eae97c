import { type Command, CommanderError } from "commander";
import { registerAccounts } from "./commands/accounts.ts";
import { registerBalances } from "./commands/balances.ts";
import { registerBanks } from "./commands/banks.ts";
import { registerCache } from "./commands/cache.ts";
import { registerComplete } from "./commands/complete.ts";
import { registerCompletion } from "./commands/completion.ts";
import { registerConnect } from "./commands/connect.ts";
import { registerConnections } from "./commands/connections.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerDetails } from "./commands/details.ts";
import { registerDisconnect } from "./commands/disconnect.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerForget } from "./commands/forget.ts";
import { registerHelp } from "./commands/help.ts";
import { registerInit } from "./commands/init.ts";
import { registerQuota } from "./commands/quota.ts";
import { registerReview } from "./commands/review.ts";
import { registerSandbox } from "./commands/sandbox.ts";
import { registerShow } from "./commands/show.ts";
import { registerSync } from "./commands/sync.ts";
import { registerTransactions } from "./commands/transactions.ts";
import {
  addGlobalOptions,
  type GlobalOptions,
  globalArguments,
  obeyGlobalOptions,
} from "./session/global-options.ts";
import { CommandLine, RejectedArguments } from "./ui/command-line.ts";
import { HELP_WIDTH, helpText } from "./ui/help.ts";
import { isInteractive, printText, type Terminal } from "./ui/terminal.ts";
import { version } from "./version.ts";

export { CommanderError };

/** Runs another command. */
type Run = (args: readonly string[]) => Promise<void>;

type Register = (program: CommandLine, terminal: Terminal, run: Run) => void;

/** Every command, in the groups and the order in which help lists them. */
const COMMANDS: Readonly<Record<string, readonly Register[]>> = {
  Start: [registerInit, registerDemo, registerSandbox],
  Banks: [registerBanks, registerConnect, registerConnections, registerDisconnect],
  Data: [
    registerAccounts,
    registerBalances,
    registerDetails,
    registerTransactions,
    registerShow,
    registerSync,
    registerReview,
    registerQuota,
  ],
  Maintenance: [
    registerCache,
    registerDoctor,
    registerForget,
    registerCompletion,
    registerComplete,
    (program) => registerHelp(program),
  ],
};

/**
 * The command line. A command's file under `commands/` registers it, and loads what it needs when it runs, so that
 * help is shown at once.
 *
 * @param run runs another command, such as one that a person picks from the menu
 */
export function program(terminal: Terminal, run: Run): CommandLine {
  const runNext: Run = (args) => run([...args, ...globalArguments(bankdata)]);
  const bankdata = new CommandLine("bankdata")
    .description(
      "Access your own bank accounts through the GoCardless Bank Account Data API. Without a command, an interactive terminal shows a menu.",
    )
    .withExamples(
      "bankdata connect --sandbox N26",
      "bankdata balances --sandbox",
      "bankdata transactions --days 30 --json",
      "bankdata help transactions",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, formatHelp: helpText })
    .configureOutput({
      writeOut: (text) => printText(terminal.out, text),
      writeErr: (text) => printText(terminal.err, text),
      getOutHelpWidth: () => (terminal.out.isTerminal ? terminal.out.width : HELP_WIDTH),
    })
    .exitOverride()
    .action(async () => {
      if (!isInteractive(terminal)) return bankdata.help();
      const { menu } = await import("./commands/menu.run.ts");
      await menu({
        ...{ terminal, options: bankdata.opts<GlobalOptions>(), run: runNext },
        askForCredentials: async (options) => {
          const { init } = await import("./commands/init.run.ts");
          return await init(terminal, options);
        },
      });
    });
  addGlobalOptions(bankdata);
  bankdata.hook("preAction", (_, command: Command) => obeyGlobalOptions(command, terminal));
  for (const [group, registers] of Object.entries(COMMANDS)) {
    bankdata.commandsGroup(group);
    for (const register of registers) register(bankdata, terminal, runNext);
  }
  for (const command of bankdata.commands) {
    const hasCommands = command.commands.length > 0;
    if (hasCommands && command instanceof CommandLine) registerHelp(command, { hidden: true });
  }
  return bankdata;
}

/** An error as the rest of the command line knows it: one of commander's is put into our words. */
export async function inOurWords(error: unknown): Promise<unknown> {
  if (!(error instanceof RejectedArguments)) return error;
  const { usageFailure } = await import("./ui/usage-failure.ts");
  return usageFailure(error);
}
