import type { Sandbox, SandboxOptions, SandboxTls } from "bankdata-sandbox";
import { note } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { shellQuoted } from "../ui/shell-command.ts";
import { styled, type Terminal } from "../ui/terminal.ts";
import { CONTROL_KEY } from "./sandbox.options.ts";

/** Says how the sandbox is used, and by whom it can be reached. */
export function greet(terminal: Terminal, running: Sandbox, { host, controlKey }: SandboxOptions): void {
  explainUse(terminal, running);
  if (running.tls !== undefined) explainTls(terminal, running.tls);
  if (!isLoopback(host)) explainAccess(terminal, controlKey !== undefined);
}

function explainUse(terminal: Terminal, running: Sandbox): void {
  const { err } = terminal;
  const { secretId, secretKey } = running.credentials;
  const at = (path: string) => new URL(path, running.baseUrl).href;
  err.line();
  err.line(styled("bold", line`The sandbox is running.`), line` Its credentials work nowhere else:`);
  err.line(line`  GOCARDLESS_SECRET_ID=${secretId}`);
  err.line(line`  GOCARDLESS_SECRET_KEY=${secretKey}`);
  note(
    terminal,
    line`Open ${at("/")} to look at it; its controls are below ${at("/_sandbox/")}. Press Ctrl-C to stop it.`,
  );
}

/** How a program whose base URL cannot be set reaches the sandbox. */
function explainTls(terminal: Terminal, { name, port, environment }: SandboxTls): void {
  const { err } = terminal;
  const exports = (names: readonly string[]) => {
    for (const key of names) err.line(line`  export ${key}=`, shellQuoted(environment[key] ?? ""));
  };
  err.line();
  err.line(styled("bold", line`Programs that call ${`https://${name}`}`), line` reach it with`);
  if (port === 443) {
    err.line(line`  127.0.0.1 ${name}`);
    err.line(line`in the hosts file, and without a proxy:`);
    err.line(line`  unset HTTPS_PROXY https_proxy ALL_PROXY all_proxy`);
  } else {
    // Most programs prefer these to the same in upper case.
    err.line(line`  unset https_proxy no_proxy`);
    exports(["HTTPS_PROXY", "NO_PROXY"]);
  }
  err.line(line`They have to trust its certificate authority:`);
  exports(TRUST);
  note(
    terminal,
    line`SSL_CERT_FILE is for Python, Go and Ruby, REQUESTS_CA_BUNDLE for Python with requests, CURL_CA_BUNDLE for curl, and the last two are for Node.js.`,
  );
  if (port !== undefined && port !== 443) err.line(line`It is also at https://localhost:${port}/api/v2.`);
}

/** The variables with which programs trust the authority. Node.js uses a proxy of the environment only with the last. */
const TRUST = [
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
  "NODE_USE_ENV_PROXY",
];

function explainAccess(terminal: Terminal, hasKey: boolean): void {
  terminal.err.line();
  note(terminal, line`Other machines can reach the service and its consent pages.`);
  note(
    terminal,
    hasKey
      ? line`The overview and the controls need the user name sandbox and the password in ${CONTROL_KEY}.`
      : line`The overview and the controls can only be reached from this machine: set ${CONTROL_KEY} to a password for others.`,
  );
}

/** Whether only this machine can reach an address to listen on. */
function isLoopback(host = "127.0.0.1"): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
