/** The options of `bankdata sandbox` as those of the sandbox. Only loaded when the command runs, as it loads the sandbox. */
import {
  type BankQuirks,
  checkedHosts,
  checkedKey,
  checkedQuirks,
  type SandboxOptions,
} from "bankdata-sandbox";
import type { Command } from "commander";
import { authorityFolder } from "../session/configured.ts";
import { line, printable } from "../ui/printable.ts";
import { wrongUse } from "../ui/wrong-use.ts";

/** What the command line has been given. */
export interface SandboxFlags {
  port: number;
  host: string;
  allowHost?: readonly string[];
  tls?: boolean;
  tlsPort?: number;
  tlsFolder?: string;
  seed: number;
  state?: string;
  accounts?: number;
  transactionsPerDay?: number;
  limits: boolean;
  rateLimitHeaders: "http" | "plain";
  quirks?: readonly string[];
}

/** The variable with the password of the controls. It is no option, as others can see the arguments of a program. */
export const CONTROL_KEY = "BANKDATA_SANDBOX_KEY";

/** @throws CommandFailure if a value cannot be used */
export function sandboxOptions(flags: SandboxFlags, command: Command): SandboxOptions {
  const { port, host, seed, accounts, transactionsPerDay, rateLimitHeaders } = flags;
  return {
    ...{ port, host, seed, accounts, transactionsPerDay, rateLimitHeaders },
    stateFile: flags.state,
    rateLimits: flags.limits,
    quirks: quirksFrom(flags.quirks ?? [], command),
    allowHosts: checked(() => checkedHosts(flags.allowHost ?? [], "--allow-host"), command),
    controlKey: controlKeyFrom(process.env, command),
    tls: tlsFrom(flags),
  };
}

/** The values of `--quirks`, each `BANK=QUIRK,QUIRK`. */
function quirksFrom(texts: readonly string[], command: Command): BankQuirks {
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
  return checked(() => checkedQuirks(Object.fromEntries(given), "--quirks"), command);
}

/** Turns the error of a check by the sandbox into the command's. */
function checked<Value>(check: () => Value, command: Command): Value {
  try {
    return check();
  } catch (error) {
    if (error instanceof TypeError) throw wrongUse(command, printable(error.message));
    throw error;
  }
}

function controlKeyFrom(env: NodeJS.ProcessEnv, command: Command): string | undefined {
  const key = env[CONTROL_KEY];
  if (key === undefined || key === "") return undefined;
  return checked(() => checkedKey(key, CONTROL_KEY), command);
}

/** HTTPS, as the flags say: each of the last two implies the first. */
function tlsFrom({ tls, tlsPort, tlsFolder }: SandboxFlags): SandboxOptions["tls"] {
  if (tls !== true && tlsPort === undefined && tlsFolder === undefined) return undefined;
  return { folder: tlsFolder ?? authorityFolder(), port: tlsPort };
}
