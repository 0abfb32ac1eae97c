import {
  type BankQuirks,
  checkedQuirks,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from "bankdata-sandbox";
import type { Command } from "commander";
import { line, printable } from "../ui/printable.ts";
import { type Output, styled, type Terminal } from "../ui/terminal.ts";
import { wrongUse } from "../ui/wrong-use.ts";
import { whenParentEnds } from "./sandbox.parent.ts";

/**
 * Runs the sandbox until it is told to end, and prints its address and its credentials.
 *
 * @param parent the process with which it ends; undefined for none
 */
export async function sandbox(
  { out, err, isQuiet }: Terminal,
  options: SandboxOptions,
  parent: number | undefined,
): Promise<void> {
  const onWarning = (message: string) => err.line(printable(message));
  await using running = await startSandbox({ ...options, onWarning });
  const ended = endOf([out, err], parent);
  out.line(line`${running.baseUrl}`);
  if (!isQuiet) greet(err, running);
  await ended;
}

/** The values of `--quirks`, each `BANK=QUIRK,QUIRK`. @throws CommandFailure if one cannot be used */
export function quirksFrom(texts: readonly string[], command: Command): BankQuirks {
  const given = new Map<string, readonly string[]>();
  for (const text of texts) {
    const [, bank, list = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (bank === undefined)
      throw wrongUse(
        command,
        line`--quirks must be BANK=QUIRK,QUIRK, such as N26_NTSBDEB1=noIds,lateArrivals, not "${text}".`,
      );
    if (given.has(bank))
      throw wrongUse(command, line`--quirks of ${bank} is repeated. List all its quirks after one --quirks.`);
    given.set(bank, list === "" ? [] : list.split(",").map((quirk) => quirk.trim()));
  }
  try {
    return checkedQuirks(Object.fromEntries(given), "--quirks");
  } catch (error) {
    if (error instanceof TypeError) throw wrongUse(command, printable(error.message));
    throw error;
  }
}

function greet(err: Output, running: Sandbox): void {
  const { secretId, secretKey } = running.credentials;
  const at = (path: string) => new URL(path, running.baseUrl).href;
  err.line();
  err.line(styled("bold", line`The sandbox is running.`), line` Its credentials work nowhere else:`);
  err.line(line`  GOCARDLESS_SECRET_ID=${secretId}`);
  err.line(line`  GOCARDLESS_SECRET_KEY=${secretKey}`);
  err.line(
    line`Open ${at("/")} to look at it; its controls are below ${at("/_sandbox/")}. Press Ctrl-C to stop it.`,
  );
}

/** Waits for a signal to end, for the reader of an output to be gone, or for the end of the parent process. */
async function endOf(outputs: readonly Output[], parent: number | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    if (parent !== undefined) whenParentEnds(parent, resolve);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
    for (const output of outputs) output.whenClosed(() => resolve());
  });
}
