import type { Printable } from "../ui/printable.ts";
import { line } from "../ui/printable.ts";

/** Environment variables, as far as they tell how the terminal is reached. */
type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a person must know whose browser is on another machine, as the terminal is reached over SSH; undefined if it is
 * not. A page on loopback, as of the sandbox, can then be opened only through a forwarded port.
 *
 * @param url the link to the bank
 */
export function sshHint(url: string, env: Env): Printable | undefined {
  if (!env["SSH_CONNECTION"] && !env["SSH_TTY"]) return undefined;
  const { hostname = "", port = "" } = URL.canParse(url) ? new URL(url) : {};
  if (hostname === "127.0.0.1" || hostname === "localhost")
    return line`This page is on the remote machine. Forward its port from your own first: ssh -L ${port}:127.0.0.1:${port} HOST`;
  return line`At the end, your browser shows a page of 127.0.0.1 that does not load. That does no harm: this command finds out by itself that you agreed.`;
}
