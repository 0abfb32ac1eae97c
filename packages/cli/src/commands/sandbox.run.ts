import {
  type BankQuirks,
  checkedHosts,
  checkedKey,
  checkedQuirks,
  type Sandbox,
  type SandboxOptions,
  type SandboxTls,
  startSandbox,
} from "bankdata-sandbox";
import type { Command } from "commander";
import { authorityFolder } from "../session/configured.ts";
import { line, printable } from "../ui/printable.ts";
import { shellQuoted } from "../ui/shell-command.ts";
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
  if (!isQuiet) {
    greet(err, running, options);
    if (running.tls !== undefined) explainTls(err, running.tls, options.host);
    if (!isLoopback(options.host)) explainOthers(err, options);
  }
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

/** The values of `--allow-host`. @throws CommandFailure if one is no host name */
export function hostsFrom(names: readonly string[], command: Command): readonly string[] {
  return checked(() => checkedHosts(names, "--allow-host"), command);
}

/** The password of the controls for other machines. It is no option, as others can see the arguments of a program. */
const KEY = "BANKDATA_SANDBOX_KEY";

/** @throws CommandFailure if the key cannot be used */
export function controlKeyFrom(env: NodeJS.ProcessEnv, command: Command): string | undefined {
  const key = env[KEY];
  if (key === undefined || key === "") return undefined;
  return checked(() => checkedKey(key, KEY), command);
}

/** HTTPS, as the options say; each of the last two implies the first. */
export function tlsFrom({ tls, tlsPort, tlsFolder }: TlsFlags): SandboxOptions["tls"] {
  if (tls !== true && tlsPort === undefined && tlsFolder === undefined) return undefined;
  return { folder: tlsFolder ?? authorityFolder(), port: tlsPort };
}

interface TlsFlags {
  tls?: boolean | undefined;
  tlsPort?: number | undefined;
  tlsFolder?: string | undefined;
}

function greet(err: Output, running: Sandbox, { host, controlKey }: SandboxOptions): void {
  const { secretId, secretKey } = running.credentials;
  const at = (path: string) => new URL(path, running.baseUrl).href;
  err.line();
  err.line(styled("bold", line`The sandbox is running.`), line` Its credentials work nowhere else:`);
  err.line(line`  GOCARDLESS_SECRET_ID=${secretId}`);
  err.line(line`  GOCARDLESS_SECRET_KEY=${secretKey}`);
  if (isHere(host) || controlKey !== undefined)
    err.line(line`Open ${at("/")} to look at it; its controls are below ${at("/_sandbox/")}.`);
  err.line(line`Press Ctrl-C to stop it.`);
}

/** How a program reaches the sandbox whose base URL cannot be set. */
function explainTls(err: Output, { name, port, environment }: SandboxTls, host = "127.0.0.1"): void {
  const variables = (are: (key: string) => boolean) => {
    for (const [key, value] of Object.entries(environment).filter(([key]) => are(key)))
      err.line(line`  export ${key}=`, shellQuoted(value));
  };
  const isOfProxy = (key: string) => /^(?:https|no)_proxy$/i.test(key);
  err.line();
  err.line(styled("bold", line`Programs that ask ${`https://${name}`}`), line` reach it with`);
  if (port === 443)
    err.line(line`this line in the hosts file, and no proxy: ${isHere(host) ? "127.0.0.1" : host} ${name}`);
  else variables(isOfProxy);
  err.line(line`and, as they have to trust its certificate authority,`);
  variables((key) => !isOfProxy(key));
  err.line(
    line`SSL_CERT_FILE is for Python, Go and Ruby, REQUESTS_CA_BUNDLE for Python with requests, CURL_CA_BUNDLE for curl, and the two of NODE are for Node.js.`,
  );
  if (port !== undefined && port !== 443 && isHere(host))
    err.line(line`It is also at https://localhost:${port}/api/v2.`);
}

function explainOthers(err: Output, { host, controlKey }: SandboxOptions): void {
  err.line();
  err.line(line`Other machines can reach the service and its consent pages.`);
  if (controlKey !== undefined)
    err.line(line`The overview and the controls need the user name sandbox and the password in ${KEY}.`);
  else if (isHere(host))
    err.line(
      line`The overview and the controls can only be reached from this machine: set ${KEY} to a password for others.`,
    );
  else
    err.line(
      line`The overview and the controls cannot be reached at this address: set ${KEY} to a password for them, or use --host 0.0.0.0, and they are at 127.0.0.1.`,
    );
}

/** Whether this machine reaches the sandbox at the loopback interface. */
function isHere(host: string | undefined): boolean {
  return isLoopback(host) || host === "0.0.0.0" || host === "::";
}

/** Whether only this machine can reach an address to listen on. */
function isLoopback(host = "127.0.0.1"): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** Waits for a signal to end, for the reader of an output to be gone, or for the end of the parent process. */
async function endOf(outputs: readonly Output[], parent: number | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    if (parent !== undefined) whenParentEnds(parent, resolve);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
    for (const output of outputs) output.whenClosed(() => resolve());
  });
}
