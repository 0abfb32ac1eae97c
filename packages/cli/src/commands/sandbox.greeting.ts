import type { Sandbox, SandboxOptions, SandboxTls } from "bankdata-sandbox";
import { note } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { shellQuoted } from "../ui/shell-command.ts";
import { styled, type Terminal } from "../ui/terminal.ts";
import { CONTROL_KEY } from "./sandbox.options.ts";

/** Says how the sandbox is used, and by whom it can be reached. */
export function greet(terminal: Terminal, running: Sandbox, { host, controlKey }: SandboxOptions): void {
  explainUse(terminal, running, isHere(host) || controlKey !== undefined);
  if (running.tls !== undefined) explainTls(terminal, running.tls, host);
  if (!isLoopback(host)) explainAccess(terminal, host, controlKey);
}

function explainUse(terminal: Terminal, running: Sandbox, hasOverview: boolean): void {
  const { err } = terminal;
  const { secretId, secretKey } = running.credentials;
  const at = (path: string) => new URL(path, running.baseUrl).href;
  err.line();
  err.line(styled("bold", line`The sandbox is running.`), line` Its credentials work nowhere else:`);
  err.line(line`  GOCARDLESS_SECRET_ID=${secretId}`);
  err.line(line`  GOCARDLESS_SECRET_KEY=${secretKey}`);
  if (hasOverview)
    note(terminal, line`Open ${at("/")} to look at it; its controls are below ${at("/_sandbox/")}.`);
  err.line(line`Press Ctrl-C to stop it.`);
}

/** How a program whose base URL cannot be set reaches the sandbox. */
function explainTls(terminal: Terminal, { name, port, environment }: SandboxTls, host = "127.0.0.1"): void {
  const { err } = terminal;
  const hasHostsLine = port === 443;
  const exports = (names: readonly string[]) => {
    for (const key of names) err.line(line`  export ${key}=`, shellQuoted(environment[key] ?? ""));
  };
  err.line();
  err.line(styled("bold", line`Programs that call ${`https://${name}`}`), line` reach it with`);
  if (hasHostsLine) {
    err.line(line`  ${isHere(host) ? "127.0.0.1" : host} ${name}`);
    err.line(line`in the hosts file, and no proxy.`);
  } else exports(PROXY);
  err.line(line`They have to trust its certificate authority:`);
  exports(TRUST);
  note(
    terminal,
    line`SSL_CERT_FILE is for Python, Go and Ruby, REQUESTS_CA_BUNDLE for Python with requests, CURL_CA_BUNDLE for curl, and NODE_… for Node.js.`,
  );
  if (port !== undefined && !hasHostsLine && isHere(host))
    err.line(line`It is also at https://localhost:${port}/api/v2.`);
}

/** The variables with which programs use the proxy, in both spellings: each program reads one of them. */
const PROXY = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "NODE_USE_ENV_PROXY"];

/** The variables with which programs trust the authority. */
const TRUST = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

function explainAccess(terminal: Terminal, host: string | undefined, controlKey: string | undefined): void {
  terminal.err.line();
  note(terminal, line`Other machines can reach the service and its consent pages.`);
  if (controlKey !== undefined)
    note(
      terminal,
      line`The overview and the controls need the user name sandbox and the password in ${CONTROL_KEY}.`,
    );
  else if (isHere(host))
    note(
      terminal,
      line`The overview and the controls can only be reached from this machine: set ${CONTROL_KEY} to a password for others.`,
    );
  else
    note(
      terminal,
      line`The overview and the controls cannot be reached at this address: set ${CONTROL_KEY} to a password for them, or use --host 0.0.0.0, and they are at 127.0.0.1.`,
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
