import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { sandboxApp } from "./app.ts";
import { SandboxClock } from "./clock.ts";
import { SandboxControls } from "./controls.ts";
import { type Limits, usualLimits } from "./limits.ts";
import type { Permissions } from "./permissions.ts";
import { SandboxState } from "./state.ts";

export type { TimeSpan } from "./clock.ts";
export type { Authorisation } from "./consent.ts";
export type { SandboxRequest } from "./controls.ts";
export type { Fault } from "./faults.ts";
export type { Limit, Limits } from "./limits.ts";
export type { Permissions } from "./permissions.ts";

/** How a sandbox is started. */
export interface SandboxOptions {
  /** 0 takes a free port. @default 0 */
  port?: number | undefined;
  /** The address to listen on. @default "127.0.0.1" */
  host?: string | undefined;
  /** The same seed gives the same banks, accounts, histories and ids. @default 1 */
  seed?: number | undefined;
  /** An ISO 8601 time at which the clock stands until it is moved. @default real time */
  now?: string | Date | undefined;
  /** False for none, or other numbers than the service's. @default the service's */
  rateLimits?: boolean | Partial<Limits> | undefined;
  /** What the company of the credentials may do. @default everything */
  permissions?: Permissions | undefined;
}

/** A sandbox that runs. */
export interface Sandbox
  extends AsyncDisposable,
    Pick<
      SandboxControls,
      | "requests"
      | "now"
      | "authorise"
      | "advanceTime"
      | "inject"
      | "clearFaults"
      | "setTransactions"
      | "state"
    > {
  /** `http://127.0.0.1:PORT/api/v2` */
  readonly baseUrl: string;
  /** They open nothing but this sandbox. */
  readonly credentials: { secretId: string; secretKey: string };
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const credentials = Object.freeze({ secretId: "sandbox-secret-id", secretKey: "sandbox-secret-key" });

/**
 * Starts a stand-in for the whole service on this machine, with its state in memory.
 *
 * @throws Error where the port is taken, saying so
 * @example
 * await using sandbox = await startSandbox({ port: 0, seed: 1, now: "2026-11-23T09:00:00Z" });
 * const client = new GoCardlessClient({ ...sandbox.credentials, baseUrl: sandbox.baseUrl });
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = "127.0.0.1", seed = 1, rateLimits = true, permissions = {} } = options;
  const state = new SandboxState(new SandboxClock(options.now), seed);
  const controls = new SandboxControls(state);
  const limits =
    rateLimits === false ? undefined : { ...usualLimits, ...(rateLimits === true ? {} : rateLimits) };
  const app = sandboxApp({ state, controls, credentials, limits, permissions, hosts: [host] });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const bound = await listen(server, port, host);
  const close = async () => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return {
    baseUrl: `http://${host}:${bound}/api/v2`,
    credentials,
    requests: controls.requests,
    now: () => controls.now(),
    authorise: (id, decision) => controls.authorise(id, decision),
    advanceTime: (span) => controls.advanceTime(span),
    inject: (fault) => controls.inject(fault),
    clearFaults: () => controls.clearFaults(),
    setTransactions: (id, transactions) => controls.setTransactions(id, transactions),
    state: () => controls.state(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        taken
          ? new Error(`Port ${port} is taken: choose another one, or 0 for any.`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
