import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import { line } from "../ui/printable.ts";
import type { Terminal } from "../ui/terminal.ts";
import { wrongUse } from "../ui/wrong-use.ts";

interface BanksOptions {
  search?: string;
}

export function registerBanks(program: CommandLine, terminal: Terminal): void {
  program
    .command("banks")
    .description("list the banks that you can connect")
    .withExamples("bankdata banks DE --search sparkasse", "bankdata banks FR --jsonl")
    .argument("[country]", "two-letter country code, such as DE")
    .option("--search <text>", "only banks whose name, id or BIC contains this text")
    .action(async (country: string | undefined, { search }: BanksOptions, command: Command) => {
      const code = country === undefined ? undefined : await countryCode(country, command);
      await runInSession(terminal, command, async (session) => {
        const { banks } = await import("./banks.run.ts");
        return await banks(session, code, search);
      });
    });
}

async function countryCode(text: string, command: Command): Promise<string> {
  const { readCountry } = await import("../connect/country.ts");
  const read = readCountry(text);
  if ("code" in read) return read.code;
  const meant = read.meant === undefined ? "" : ` Did you mean ${read.meant.code} (${read.meant.name})?`;
  throw wrongUse(command, line`"${text}" is not a country code of two letters, such as DE.${meant}`);
}
