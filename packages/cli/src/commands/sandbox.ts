import { type Stats, statSync } from "node:fs";
import { type Command, Option } from "commander";
import type { CommandLine } from "../ui/command-line.ts";
import { line } from "../ui/printable.ts";
import type { Terminal } from "../ui/terminal.ts";
import { PORTS, wholeNumber } from "../ui/whole-number.ts";
import { wrongUse } from "../ui/wrong-use.ts";

interface SandboxCommandOptions {
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
  withParent?: boolean;
  rateLimitHeaders: "http" | "plain";
  quirks?: readonly string[];
}

export function registerSandbox(program: CommandLine, terminal: Terminal): void {
  const sandbox = program
    .command("sandbox")
    .description("run a stand-in for the service on this machine")
    .withExamples(
      "bankdata sandbox",
      "bankdata sandbox --port 0 --seed 7 --accounts 20",
      "bankdata sandbox --state sandbox.json --no-limits",
      "bankdata sandbox --tls",
      "bankdata sandbox --host 0.0.0.0 --allow-host sandbox",
      "bankdata sandbox --quirks N26_NTSBDEB1=noIds,lateArrivals",
    )
    .onPage("docs/sandbox.md");
  const repeated = (text: string, before: readonly string[] = []) => [...before, text];
  const number = (flag: string, range = {}) => wholeNumber(sandbox, flag, range);
  sandbox
    .option("--port <number>", "port to listen on; 0 picks a free one", number("--port", PORTS), 4010)
    .option("--host <address>", "address to listen on; 0.0.0.0 for all of this machine", "127.0.0.1")
    .option("--allow-host <name>", "host name by which others ask for it; can be repeated", repeated)
    .option("--tls", "also serve the service's own name by HTTPS, as a proxy for programs without a base URL")
    .option(
      "--tls-port <number>",
      "also listen for HTTPS on this port; with 443 and the hosts file, programs need no proxy",
      number("--tls-port", PORTS),
    )
    .option("--tls-folder <folder>", "folder of the certificate authority (default: in your state folder)")
    .option(
      "--seed <number>",
      "the same seed produces the same banks, accounts and histories",
      number("--seed"),
      1,
    )
    .option("--state <file>", "keep the state in this file between runs")
    .option(
      "--accounts <number>",
      "number of accounts that are linked from the start (default: none)",
      number("--accounts", { from: 1, to: 100_000 }),
    )
    .option(
      "--transactions-per-day <number>",
      "number of purchases per account and day (default: from 0 to 3, drawn for each day)",
      number("--transactions-per-day", { to: 1000 }),
    )
    .option(
      "--quirks <quirks>",
      "quirks that a bank has instead of its own: BANK=QUIRK,QUIRK, or BANK= for none; can be repeated",
      repeated,
    )
    .option("--no-limits", "do not enforce rate limits")
    .option("--with-parent", "end with the process that started it, and when stdin closes if that is a pipe")
    .addOption(
      new Option(
        "--rate-limit-headers <form>",
        "HTTP_X_RATELIMIT_LIMIT and so on, or X-RateLimit-Limit and so on",
      )
        .choices(["http", "plain"])
        .default("http"),
    )
    .action(async (given: SandboxCommandOptions, command: Command) => {
      const { state, limits, withParent, quirks, allowHost, tls, tlsPort, tlsFolder, ...options } = given;
      if (state !== undefined) assertFile(state, command);
      const parent = withParent === true ? process.ppid : undefined;
      const run = await import("./sandbox.run.ts");
      const stated = { stateFile: state, rateLimits: limits, quirks: run.quirksFrom(quirks ?? [], command) };
      const reached = {
        allowHosts: run.hostsFrom(allowHost ?? [], command),
        controlKey: run.controlKeyFrom(process.env, command),
        tls: run.tlsFrom({ tls, tlsPort, tlsFolder }),
      };
      await run.sandbox(terminal, { ...options, ...stated, ...reached }, parent);
    });
}

function assertFile(path: string, command: Command): void {
  if (path === "") throw wrongUse(command, line`--state needs the name of a file.`);
  const stats = statsOf(path);
  if (stats === undefined || stats.isFile()) return;
  const kind = stats.isDirectory()
    ? line`folder`
    : stats.isFIFO()
      ? line`named pipe`
      : line`device or socket`;
  throw wrongUse(command, line`--state must be a file, but ${path} is a ${kind}.`);
}

/** Undefined if there is nothing, or if it cannot be looked at: then opening it says why. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
