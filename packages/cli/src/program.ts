import { version } from "bankdata-core/base";
import { Argument, Command, InvalidArgumentError } from "commander";
import { SHELLS, type Shell } from "./commands/completion.ts";
import type { SandboxCommandOptions } from "./commands/sandbox.ts";
import type { GlobalOptions, Session } from "./session.ts";
import { line, linesOf, printable } from "./ui/printable.ts";
import { isInteractive, type Output, type Terminal } from "./ui/terminal.ts";

/** Runs a command with a client, and takes its exit code. */
type WithSession = (command: Command, work: (session: Session) => Promise<unknown>) => Promise<void>;

/** The commands, each of which loads what it needs when it runs. */
export function program(terminal: Terminal, run: (args: readonly string[]) => Promise<void>): Command {
  const bankdata = new Command("bankdata")
    .description("Reach your own bank accounts, through the GoCardless Bank Account Data API.")
    .version(version, "-V, --version")
    .option("--json", "print one JSON document, and nothing else, on stdout")
    .option("--jsonl", "print a line of JSON an item")
    .option("--sandbox", "work with the embedded sandbox, which is kept between commands")
    .option("--config <file>", "the configuration, instead of bankdata.yaml here or in your own folder")
    .option("--env-file <file>", "a file of variables, instead of .env here")
    .option("--verbose", "tell each request, and the service's own words where it refuses")
    .showHelpAfterError("(see bankdata --help)")
    .configureOutput({
      writeOut: (text) => printText(terminal.out, text),
      writeErr: (text) => printText(terminal.err, text),
      // It quotes arguments, which may hold line breaks: what it says is one line.
      outputError: (text) => terminal.err.line(printable(text.trim())),
    })
    .exitOverride()
    .allowExcessArguments()
    .action(async () => {
      const [unknown] = bankdata.args;
      if (unknown !== undefined) throw await unknownCommand(bankdata, unknown);
      if (!isInteractive(terminal)) return bankdata.help();
      const { menu } = await import("./ui/menu.ts");
      await menu(terminal, (command) => run([command, ...globalArguments(bankdata)]));
    });
  const withSession: WithSession = async (command, work) => {
    const { inSession } = await import("./session.ts");
    const exitCode = await inSession(terminal, command.optsWithGlobals<GlobalOptions>(), work);
    if (typeof exitCode === "number") process.exitCode = exitCode;
  };
  addSetUp(bankdata, terminal);
  addConnections(bankdata, withSession);
  addAccounts(bankdata, withSession);
  addUpkeep(bankdata, terminal, withSession);
  return bankdata;
}

function addSetUp(bankdata: Command, terminal: Terminal): void {
  bankdata
    .command("init")
    .description("set up your credentials, or find your way without any")
    .action(async (_, command: Command) => {
      const { init } = await import("./commands/init.ts");
      await init(terminal, command.optsWithGlobals<GlobalOptions>());
    });
  bankdata
    .command("demo")
    .description("show the whole job on an embedded stand-in for the service; needs no credentials")
    .action(async () => {
      const { demo } = await import("./commands/demo.ts");
      await demo(terminal);
    });
  bankdata
    .command("sandbox")
    .description("run a stand-in for the whole service on this machine")
    .option("--port <number>", "port on the loopback interface; 0 takes a free one", wholeNumber, 4010)
    .option("--seed <number>", "the same seed gives the same banks, accounts and histories", wholeNumber, 1)
    .option("--state <file>", "keep the state in this file between runs")
    .option("--accounts <number>", "so many accounts are linked from the start", wholeNumber)
    .option("--transactions-per-day <number>", "purchases of each account a day", wholeNumber)
    .option("--no-limits", "keep no rate limits")
    .action(async (options: SandboxCommandOptions) => {
      const { sandbox } = await import("./commands/sandbox.ts");
      await sandbox(terminal, options);
    });
}

function addConnections(bankdata: Command, withSession: WithSession): void {
  bankdata
    .command("banks")
    .description("list the banks that can be reached")
    .argument("[country]", "two letters, such as DE")
    .option("--search <text>", "only those whose name, id or BIC holds it")
    .action(async (country: string | undefined, options: { search?: string }, command: Command) => {
      await withSession(command, async (session) => {
        const { banks } = await import("./commands/banks.ts");
        return await banks(session, country, options);
      });
    });
  bankdata
    .command("connect")
    .description("connect a bank, or renew a connection")
    .argument("[bank]", "its id or its name")
    .option("--days <number>", "days of history; the most that the bank allows unless given", wholeNumber)
    .option("--access <number>", "days of access; the most that the bank allows unless given", wholeNumber)
    .option("--renew <reference>", "renew this connection")
    .option("--no-browser", "show the link, and open no browser")
    .action(
      async (
        bank: string | undefined,
        options: { days?: number; access?: number; renew?: string; browser: boolean },
        command: Command,
      ) => {
        await withSession(command, async (session) => {
          const { connect } = await import("./commands/connect.ts");
          await connect(session, bank, options);
        });
      },
    );
  bankdata
    .command("connections")
    .description("list your connections, their status and the days left")
    .action(async (_, command: Command) => {
      await withSession(command, async (session) => {
        const { connections } = await import("./commands/connections.ts");
        return await connections(session);
      });
    });
  bankdata
    .command("disconnect")
    .description("end a connection at the service")
    .argument("[reference]", "as bankdata connections lists it")
    .option("--yes", "do not ask")
    .action(async (reference: string | undefined, { yes }: { yes?: boolean }, command: Command) => {
      await withSession(command, async (session) => {
        const { disconnect } = await import("./commands/connections.ts");
        await disconnect(session, reference, yes);
      });
    });
}

/** How the bank is asked. */
interface AskingOptions {
  refresh?: boolean;
  force?: boolean;
}

const REFRESH = ["--refresh", "ask the bank, also where a kept answer is fresh; costs a call"] as const;
const FORCE = ["--force", "ask, also where an account that keeps failing is left alone"] as const;

const ACCOUNT = "an alias of yours, an id, an IBAN or its end";

function addAccounts(bankdata: Command, withSession: WithSession): void {
  bankdata
    .command("accounts")
    .description("list your connected accounts")
    .action(async (_, command: Command) => {
      await withSession(command, async (session) => {
        const { accounts } = await import("./commands/accounts.ts");
        return await accounts(session);
      });
    });
  bankdata
    .command("balances")
    .description("show the balances of one account or all")
    .argument("[account]", ACCOUNT)
    .option(...REFRESH)
    .option(...FORCE)
    .action(async (account: string | undefined, options: AskingOptions, command: Command) => {
      await withSession(command, async (session) => {
        const { balances } = await import("./commands/accounts.ts");
        return await balances(session, account, options);
      });
    });
  bankdata
    .command("details")
    .description("show what the bank says of an account")
    .argument("[account]", ACCOUNT)
    .option(...REFRESH)
    .option(...FORCE)
    .action(async (account: string | undefined, options: AskingOptions, command: Command) => {
      await withSession(command, async (session) => {
        const { details } = await import("./commands/accounts.ts");
        return await details(session, account, options);
      });
    });
  bankdata
    .command("transactions")
    .description("show the transactions of one account or all, the newest first")
    .argument("[account]", ACCOUNT)
    .option("--from <date>", "from this date, such as 2026-01-31")
    .option("--to <date>", "up to this date")
    .option("--days <number>", "of so many days; 90 unless given", wholeNumber)
    .option("--pending", "only those that are pending")
    .option("--booked", "only those that are booked")
    .option("--search <text>", "only those whose name, text or amount holds it")
    .option(...REFRESH)
    .option(...FORCE)
    .action(
      async (
        account: string | undefined,
        options: AskingOptions & {
          from?: string;
          to?: string;
          days?: number;
          pending?: boolean;
          booked?: boolean;
          search?: string;
        },
        command: Command,
      ) => {
        await withSession(command, async (session) => {
          const { transactions } = await import("./commands/transactions.ts");
          return await transactions(session, account, options);
        });
      },
    );
  bankdata
    .command("quota")
    .description("show how often each account may still be asked today")
    .argument("[account]", ACCOUNT)
    .action(async (account: string | undefined, _, command: Command) => {
      await withSession(command, async (session) => {
        const { quota } = await import("./commands/quota.ts");
        return await quota(session, account);
      });
    });
}

function addUpkeep(bankdata: Command, terminal: Terminal, withSession: WithSession): void {
  const cache = bankdata.command("cache").description("look at what is kept of the service's answers");
  cache
    .command("list", { isDefault: true })
    .description("list the answers that are kept")
    .action(async (_, command: Command) => {
      await withSession(command, async (session) => {
        const { cacheList } = await import("./commands/cache.ts");
        await cacheList(session);
      });
    });
  cache
    .command("clear")
    .description("forget the answers that are kept")
    .action(async (_, command: Command) => {
      await withSession(command, async (session) => {
        const { cacheClear } = await import("./commands/cache.ts");
        await cacheClear(session);
      });
    });
  cache
    .command("path")
    .description("print where the cache is")
    .action(async (_, command: Command) => {
      const { cachePath } = await import("./commands/cache.ts");
      cachePath(terminal, command.optsWithGlobals<GlobalOptions>());
    });
  bankdata
    .command("doctor")
    .description("look at configuration, credentials, clock, network, files and versions")
    .action(async (_, command: Command) => {
      const { doctor } = await import("./commands/doctor.ts");
      process.exitCode = await doctor(terminal, command.optsWithGlobals<GlobalOptions>());
    });
  bankdata
    .command("completion")
    .description("print a script that completes commands in your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./commands/completion.ts");
      printText(terminal.out, completionScript(bankdata, shell));
    });
}

async function unknownCommand(bankdata: Command, name: string): Promise<Error> {
  const { CommandFailure, EXIT } = await import("./ui/failure.ts");
  const { closest } = await import("./config/closest.ts");
  const meant = closest(
    name,
    bankdata.commands.map((command) => command.name()),
  );
  const question = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new CommandFailure(
    line`There is no command "${name}".${question}`,
    EXIT.usage,
    line`bankdata --help`,
  );
}

/** Prints a text of our own that has lines, such as a help page. */
function printText(output: Output, text: string): void {
  for (const one of linesOf(text.replace(/\n$/, ""))) output.line(one);
}

/** The options that hold for all commands, as they were given. */
function globalArguments(bankdata: Command): string[] {
  const { sandbox, verbose, config, envFile } = bankdata.opts<GlobalOptions>();
  return [
    ...(sandbox ? ["--sandbox"] : []),
    ...(verbose ? ["--verbose"] : []),
    ...(config === undefined ? [] : ["--config", config]),
    ...(envFile === undefined ? [] : ["--env-file", envFile]),
  ];
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}
