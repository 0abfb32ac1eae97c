import { EXIT } from "./ui/exit.ts";
import { line } from "./ui/printable.ts";
import { Output, printFailure, styled, type Terminal } from "./ui/terminal.ts";
import { version } from "./version.ts";

/** Runs the command line. Heavy modules load where they are used, so that `--version` and `--help` are fast. */
export async function run(args: readonly string[]): Promise<void> {
  if (args[0] === "--version" || args[0] === "-V") {
    new Output(process.stdout).line(line`${version()}`);
    return;
  }
  const loading = import("./program.ts"); // Its files are read while the streams open.
  ignoreClosedPipes();
  const [out, err] = [new Output(process.stdout), new Output(process.stderr)];
  await loading;
  await runCommand(args, {
    out,
    err,
    isQuiet: false,
    // Opened only by a command that reads it, as that takes longer than most of what help does.
    get in() {
      return process.stdin;
    },
  });
}

/** Runs one command. An error is reported on stderr and sets the exit code. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<void> {
  const { inOurWords, program } = await import("./program.ts");
  try {
    await program(terminal, (next) => runCommand(next, terminal)).parseAsync(args, { from: "user" });
  } catch (error) {
    await reportFailure(await inOurWords(error), args, terminal);
  }
}

async function reportFailure(error: unknown, args: readonly string[], terminal: Terminal): Promise<void> {
  const { CommanderError } = await import("./program.ts");
  if (error instanceof CommanderError) {
    // Commander has printed it. Help that was asked for is not an error.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return;
  }
  const { explain, framesOf } = await import("./ui/failure.ts");
  const explanation = explain(error);
  const given = { verbose: args.includes("--verbose"), sandbox: args.includes("--sandbox") };
  printFailure(terminal, explanation, given);
  if (given.verbose)
    for (const frame of framesOf(error)) terminal.err.line(styled("dim", line`    ${frame}`));
  process.exitCode = explanation.exitCode;
}

/**
 * A reader may stop before our output ends, as `| head` does. The command still goes on to its end, so that responses that
 * have cost a call are stored.
 */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

if (import.meta.main) await run(process.argv.slice(2));
