import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { Terminal } from "../ui/terminal.ts";

interface BanksOptions {
  search?: string;
}

export function registerBanks(program: Command, terminal: Terminal): void {
  program
    .command("banks")
    .description("list the banks that you can connect")
    .argument("[country]", "two-letter country code, such as DE")
    .option("--search <text>", "only banks whose name, id or BIC contains this text")
    .action(async (country: string | undefined, { search }: BanksOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { banks } = await import("./banks.run.ts");
        return await banks(session, country, search);
      });
    });
}
