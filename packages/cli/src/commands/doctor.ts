import type { Command } from "commander";
import { addArchiveOption } from "../accounts/account-options.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerDoctor(program: CommandLine, terminal: Terminal): void {
  const doctor = program
    .command("doctor")
    .description("check configuration, credentials, clock, network, files and versions")
    .withExamples("bankdata doctor", "bankdata doctor --config bankdata.yaml");
  addArchiveOption(doctor).action(async (_, command: Command) => {
    const { doctor } = await import("./doctor.run.ts");
    process.exitCode = await doctor(terminal, command.optsWithGlobals<GlobalOptions>());
  });
}
