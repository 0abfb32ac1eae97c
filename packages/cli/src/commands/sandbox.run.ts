import { startSandbox } from "bankdata-sandbox";
import type { Command } from "commander";
import { line, printable } from "../ui/printable.ts";
import type { Output, Terminal } from "../ui/terminal.ts";
import { greet } from "./sandbox.greeting.ts";
import { type SandboxFlags, sandboxOptions } from "./sandbox.options.ts";
import { whenParentEnds } from "./sandbox.parent.ts";

/**
 * Runs the sandbox until it is told to end, and prints its address and its credentials.
 *
 * @param parent the process with which it ends; undefined for none
 * @throws CommandFailure if a flag cannot be used
 */
export async function sandbox(
  terminal: Terminal,
  flags: SandboxFlags,
  command: Command,
  parent: number | undefined,
): Promise<void> {
  const { out, err, isQuiet } = terminal;
  const options = sandboxOptions(flags, command);
  const onWarning = (message: string) => err.line(printable(message));
  await using running = await startSandbox({ ...options, onWarning });
  const ended = endOf([out, err], parent);
  out.line(line`${running.baseUrl}`);
  if (!isQuiet) greet(terminal, running, options);
  await ended;
}

/** Waits for a signal to end, for the reader of an output to be gone, or for the end of the parent process. */
async function endOf(outputs: readonly Output[], parent: number | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    if (parent !== undefined) whenParentEnds(parent, resolve);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
    for (const output of outputs) output.whenClosed(() => resolve());
  });
}
