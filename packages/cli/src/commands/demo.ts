import type { Command } from "commander";
import type { Terminal } from "../ui/terminal.ts";

export function registerDemo(program: Command, terminal: Terminal): void {
  program
    .command("demo")
    .description("show the whole job on an embedded stand-in for the service; needs no credentials")
    .action(async () => {
      const { demo } = await import("./demo.run.ts");
      await demo(terminal);
    });
}
