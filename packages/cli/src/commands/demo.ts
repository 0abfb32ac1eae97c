import type { Command } from "commander";
import type { Terminal } from "../ui/terminal.ts";

export function registerDemo(program: Command, terminal: Terminal): void {
  program
    .command("demo")
    .description(
      "connect a bank, read its accounts and write a ledger, all on invented data; needs no credentials",
    )
    .action(async () => {
      const { demo } = await import("./demo.run.ts");
      await demo(terminal);
    });
}
