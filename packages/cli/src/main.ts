import { version } from "bankdata-core/base";
import { line } from "./ui/printable.ts";
import { Output, printFailure, type Terminal } from "./ui/terminal.ts";

/** Runs the command line. Heavy modules load where they are used, so that `--version` and `--help` answer at once. */
export async function run(args: readonly string[]): Promise<void> {
  if (args[0] === "--version" || args[0] === "-V") {
    new Output(process.stdout).line(line`${version}`);
    return;
  }
  endQuietlyOnClosedPipes();
  const [out, err] = [new Output(process.stdout), new Output(process.stderr)];
  await runCommand(args, { out, err, in: process.stdin });
}

/** Runs one command. What goes wrong is told on stderr, and sets the exit code. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<void> {
  const { program } = await import("./program.ts");
  try {
    await program(terminal, (next) => runCommand(next, terminal)).parseAsync(args, { from: "user" });
  } catch (error) {
    await tellFailure(error, args, terminal);
  }
}

async function tellFailure(error: unknown, args: readonly string[], terminal: Terminal): Promise<void> {
  const { CommanderError } = await import("commander");
  const { EXIT, explain } = await import("./ui/failure.ts");
  if (error instanceof CommanderError) {
    // Commander has told it; help that was asked for is no mistake.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return;
  }
  const explanation = explain(error);
  const given = { verbose: args.includes("--verbose"), sandbox: args.includes("--sandbox") };
  printFailure(terminal, explanation, given);
  process.exitCode = explanation.exitCode;
}

/** Whoever reads our output may have enough of it: `| head`. */
function endQuietlyOnClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      throw error;
    });
  }
}

if (import.meta.main) await run(process.argv.slice(2));
