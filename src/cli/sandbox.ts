import { once } from "node:events";
import { startSandbox } from "../sandbox/index.ts";
import { styled, type Terminal } from "./terminal.ts";

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
  out.write(`${running.baseUrl}\n`);
  err.write(
    `\n${styled(err, "bold", "The sandbox runs.")} Its credentials open nothing but itself:\n` +
      `  GOCARDLESS_SECRET_ID=${secretId}\n  GOCARDLESS_SECRET_KEY=${secretKey}\n` +
      `Look at it at ${new URL("/", running.baseUrl).href}; its controls are served below ${new URL("/_sandbox/", running.baseUrl).href}. Stop it with Ctrl-C.\n`,
  );
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
