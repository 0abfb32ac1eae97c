import { once } from "node:events";
import { type SandboxOptions, startSandbox } from "bankdata-sandbox";
import { line } from "../ui/printable.ts";
import { styled, type Terminal } from "../ui/terminal.ts";

/** Runs the sandbox until it is interrupted, and prints its address and its credentials. */
export async function sandbox({ out, err }: Terminal, options: SandboxOptions): Promise<void> {
  await using running = await startSandbox(options);
  const { secretId, secretKey } = running.credentials;
  const at = (path: string) => new URL(path, running.baseUrl).href;
  out.line(line`${running.baseUrl}`);
  err.line();
  err.line(styled("bold", line`The sandbox is running.`), line` Its credentials work nowhere else:`);
  err.line(line`  GOCARDLESS_SECRET_ID=${secretId}`);
  err.line(line`  GOCARDLESS_SECRET_KEY=${secretKey}`);
  err.line(
    line`Open ${at("/")} to look at it; its controls are below ${at("/_sandbox/")}. Press Ctrl-C to stop it.`,
  );
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
