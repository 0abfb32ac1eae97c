import { once } from "node:events";
import { startSandbox } from "bankdata-sandbox";
import { line } from "../ui/printable.ts";
import { styled, type Terminal } from "../ui/terminal.ts";

/** How the command starts the sandbox. */
export interface SandboxCommandOptions {
  port: number;
  seed: number;
  limits: boolean;
  state?: string;
  accounts?: number;
  transactionsPerDay?: number;
}

/** Runs the sandbox until it is interrupted, and says where it is and how to get in. */
export async function sandbox({ out, err }: Terminal, options: SandboxCommandOptions): Promise<void> {
  const { port, seed, state: stateFile, limits: rateLimits, accounts, transactionsPerDay } = options;
  await using running = await startSandbox({
    ...{ port, seed, stateFile, rateLimits },
    ...{ accounts, transactionsPerDay },
  });
  const { secretId, secretKey } = running.credentials;
  const at = (path: string) => new URL(path, running.baseUrl).href;
  out.line(line`${running.baseUrl}`);
  err.line();
  err.line(styled("bold", line`The sandbox runs.`), line` Its credentials open nothing but itself:`);
  err.line(line`  GOCARDLESS_SECRET_ID=${secretId}`);
  err.line(line`  GOCARDLESS_SECRET_KEY=${secretKey}`);
  err.line(
    line`Look at it at ${at("/")}; its controls are served below ${at("/_sandbox/")}. Stop it with Ctrl-C.`,
  );
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
