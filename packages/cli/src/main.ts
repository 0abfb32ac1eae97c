import { EXIT } from "./ui/exit.ts";
import { line } from "./ui/printable.ts";
import { Output, printFailure, styled, type Terminal } from "./ui/terminal.ts";
import { version } from "./version.ts";

/** Runs the command line. Heavy modules load where they are used, so that `--version` and `--help` are fast. */
export async function run(args: readonly string[]): Promise<void> {
  if (args[0] === "--version" || args[0] === "-V") {
    const out = new Output(process.stdout);
    reportLostOutput([out], () => new Output(process.stderr));
    out.line(line`${version()}`);
    return;
  }
  const loading = import("./program.ts"); // Its files are read while the streams open.
  const [out, err] = [new Output(process.stdout), new Output(process.stderr)];
  await loading;
  reportLostOutput([out, err], () => err);
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
  const given = (flag: string) => flagsOf(args).has(flag);
  const json = given("--json") || given("--jsonl");
  terminal.out.form = { wide: given("--wide") };
  terminal.err.form = { json };
  try {
    await program(terminal, (next) => runCommand(next, terminal)).parseAsync(args, { from: "user" });
  } catch (error) {
    await reportFailure(await inOurWords(error), args, terminal);
  }
}

async function reportFailure(error: unknown, args: readonly string[], terminal: Terminal): Promise<void> {
  const { CommanderError } = await import("./program.ts");
  if (error instanceof CommanderError) {
    // Help that was asked for is not an error.
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

/** The flags among the arguments; what follows `--` is none. */
function flagsOf(args: readonly string[]): ReadonlySet<string> {
  const end = args.indexOf("--");
  return new Set(end === -1 ? args : args.slice(0, end));
}

/**
 * Output may be lost because its reader stops early, as `| head` does, which is meant, or because a disk is full, which is a
 * failure that is said once. Either way the command goes on to its end, so that responses that have cost a call are stored.
 */
function reportLostOutput(outputs: readonly Output[], errOutput: () => Output): void {
  let isReported = false;
  const lost = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || isReported) return;
    isReported = true;
    // A command sets its own exit code later.
    process.once("exit", () => {
      process.exitCode = EXIT.failed;
    });
    const err = errOutput();
    const message = line`The output could not be written: ${error.message}.`;
    if (err.form.json) err.json({ error: { name: "OutputError", message, next: null } });
    else err.line(styled("red", line`✗`), line` `, message);
  };
  for (const { stream } of outputs) stream.on("error", lost);
}

if (import.meta.main) await run(process.argv.slice(2));
