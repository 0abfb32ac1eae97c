import { Command, InvalidArgumentError } from "commander";
import { version } from "../version.ts";
import type { Terminal } from "./terminal.ts";

/** The commands, each of which loads what it needs when it runs. */
export function program(terminal: Terminal): Command {
  const bankdata = new Command("bankdata")
    .description("Reach your own bank accounts, through the GoCardless Bank Account Data API.")
    .version(version, "-V, --version")
    .showHelpAfterError("(see bankdata --help)");
  bankdata
    .command("demo")
    .description("show the whole job on an embedded stand-in for the service; needs no credentials")
    .action(async () => {
      const { demo } = await import("./demo.ts");
      await demo(terminal);
    });
  bankdata
    .command("sandbox")
    .description("run a stand-in for the whole service on this machine")
    .option("--port <number>", "port on the loopback interface; 0 takes a free one", wholeNumber, 4010)
    .option("--seed <number>", "the same seed gives the same banks, accounts and histories", wholeNumber, 1)
    .action(async (options: { port: number; seed: number }) => {
      const { sandbox } = await import("./sandbox.ts");
      await sandbox(terminal, options);
    });
  return bankdata;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}
