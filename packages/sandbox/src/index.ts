/// <reference lib="esnext.disposable" preserve="true" />
import "./supported-node.ts";

import { createServer } from "node:http";
import { isIPv6 } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { sandboxApp } from "./gocardless/app.ts";
import { type ControlParts, SandboxControls } from "./gocardless/controls.ts";
import { serviceFaults } from "./gocardless/fault.ts";
import { LimitBook, limitsFrom, type SomeLimits } from "./gocardless/limits.ts";
import type { Permissions } from "./gocardless/permissions.ts";
import { accountsPerBankFor, populate } from "./gocardless/populate.ts";
import { restore, type SandboxSnapshot, sandboxSnapshot, snapshotOf } from "./gocardless/state/snapshot.ts";
import { ServiceState } from "./gocardless/state/state.ts";
import { SandboxClock } from "./world/clock.ts";
import { assertKnownNames } from "./world/known-names.ts";
import { World } from "./world/state.ts";
import { prepareStateFile, readStateFile, versionOf, writeStateFile } from "./world/state-file.ts";

export type { Observation, ProfileName, Quirk, Range, Sighting, TrueTransaction } from "./banks/index.ts";
export type { ReconfirmationOutcome } from "./gocardless/consent/reconfirmation.ts";
export type { Authorisation } from "./gocardless/consent/requisition-flow.ts";
export type { ReturnError } from "./gocardless/consent/return-address.ts";
export type {
  SandboxRequest,
  SandboxState,
  TransactionPayloads,
  VisibleAccount,
} from "./gocardless/controls.ts";
export type { NamedError } from "./gocardless/errors/named-errors.ts";
export type { Fault } from "./gocardless/fault.ts";
export type { Limit, Limits, SomeLimits } from "./gocardless/limits.ts";
export type { Operation } from "./gocardless/operations.ts";
export type { Permissions } from "./gocardless/permissions.ts";
export type {
  AccountDecision,
  AgreementRecord,
  GivenResponse,
  KeptAccount,
  LinkUnderWay,
  ReconfirmationRecord,
  RequisitionRecord,
  SetPayloads,
  TokenRecord,
} from "./gocardless/state/records.ts";
export type { SandboxSnapshot } from "./gocardless/state/snapshot.ts";
export type { KeptClock, TimeSpan } from "./world/clock.ts";
export type { BaseFault } from "./world/faults.ts";

/** Options of {@link startSandbox}. */
export interface SandboxOptions {
  /** The port to listen on; 0 picks a free one. @default 0 */
  port?: number | undefined;
  /** The address to listen on. @default "127.0.0.1" */
  host?: string | undefined;
  /** The same seed always produces the same banks, accounts, histories and ids. @default 1 */
  seed?: number | undefined;
  /** A time (ISO 8601 or a `Date`) at which the clock stands still until it is advanced. @default real time */
  now?: string | Date | undefined;
  /** `false` for no limits, or limits that replace some of the service's. @default the service's */
  rateLimits?: boolean | SomeLimits | undefined;
  /** What the company that owns the credentials may do. @default everything */
  permissions?: Permissions | undefined;
  /** How many accounts are linked from the start, spread over all banks. @default none */
  accounts?: number | undefined;
  /** How many purchases each account has a day. @default from 0 to 3, drawn for each day */
  transactionsPerDay?: number | undefined;
  /** A snapshot from another sandbox's `save()` to continue from; its seed and size override these options. @default none */
  state?: SandboxSnapshot | undefined;
  /**
   * A file that keeps the state between runs, readable by its owner only. It is read if it exists, and written on closing
   * and after each change, except for what a GET changes (the count and the time of calls). @default none
   */
  stateFile?: string | undefined;
}

const optionNames: Readonly<Record<keyof SandboxOptions, true>> = {
  port: true,
  host: true,
  seed: true,
  now: true,
  rateLimits: true,
  permissions: true,
  accounts: true,
  transactionsPerDay: true,
  state: true,
  stateFile: true,
};

/** Credentials in the form that `GoCardlessClient` takes; the same for every sandbox. */
export interface SandboxCredentials {
  /** Not secret, as the sandbox is not. */
  secretId: string;
  /** Not secret, as the sandbox is not. */
  secretKey: string;
}

/** What a client of this sandbox needs, in the form that `GoCardlessClient` takes. */
export interface SandboxClientOptions extends SandboxCredentials {
  /** The URL of the sandbox. */
  baseUrl: string;
  /** The sandbox's clock, in ISO 8601: what expires there also expires for the client. */
  now: () => string;
}

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable, Pick<SandboxControls, keyof SandboxControls> {
  /** `http://127.0.0.1:PORT/api/v2` */
  readonly baseUrl: string;
  /** The sandbox accepts no other credentials. */
  readonly credentials: SandboxCredentials;
  /** The base URL, the credentials and the clock, to make a client with. */
  clientOptions(): SandboxClientOptions;
  /** The state, without faults and the log of requests, as one JSON document for `startSandbox({ state })`. */
  save(): SandboxSnapshot;
  /** Closes all connections, frees the port, and writes the state file if there is one. */
  close(): Promise<void>;
}

/** The credentials of every sandbox. */
export const sandboxCredentials: Readonly<SandboxCredentials> = Object.freeze({
  secretId: "sandbox-secret-id",
  secretKey: "sandbox-secret-key",
});

/**
 * Starts a stand-in for the whole service on this machine. It keeps its state in memory, and in a file if one is named.
 *
 * @throws Error if an option is unknown, the port is taken, or the state file cannot be read or written
 * @example
 * await using sandbox = await startSandbox({ port: 0, seed: 1, now: "2026-11-23T09:00:00Z" });
 * const client = new GoCardlessClient({ ...sandbox.clientOptions(), cacheOptions: false });
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  assertKnownNames(options, optionNames, "startSandbox");
  const { port = 0, host = "127.0.0.1", permissions = {}, stateFile } = options;
  const known =
    options.state ??
    (stateFile === undefined ? undefined : readStateFile(stateFile, (value) => sandboxSnapshot.parse(value)));
  if (stateFile !== undefined) prepareStateFile(stateFile);
  const { state, limits } = remembered(options, known);
  const parts: ControlParts = { state, limits, faults: serviceFaults(), requests: [] };
  const app = sandboxApp({
    ...parts,
    credentials: sandboxCredentials,
    permissions,
    hosts: [host],
    changed: () => keep(),
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const bound = await listen(server, port, host);
  // A URL has an IPv6 address in brackets.
  const origin = `http://${isIPv6(host) ? `[${host}]` : host}:${bound}`;
  const save = () => snapshotOf(state, limits);
  let changedHere = false;
  let seen = stateFile === undefined ? undefined : versionOf(stateFile);
  const keep = () => {
    if (stateFile === undefined) return;
    writeStateFile(stateFile, save());
    changedHere = true;
    seen = versionOf(stateFile);
  };
  const keepAtTheEnd = () => {
    if (stateFile === undefined) return;
    // If nothing was changed here, do not overwrite what another sandbox has written to the same file meanwhile.
    if (changedHere || versionOf(stateFile) === seen) writeStateFile(stateFile, save());
  };
  if (known === undefined && options.accounts !== undefined) {
    populate(state, options.accounts, origin);
  }
  const close = async () => {
    if (!server.listening) return;
    try {
      keepAtTheEnd();
    } finally {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    }
  };
  const baseUrl = `${origin}/api/v2`;
  const controls = new SandboxControls(parts, keep);
  return {
    baseUrl,
    credentials: sandboxCredentials,
    // Spread as own properties, so that each control can be passed on by itself.
    ...controls,
    clientOptions: () => ({ ...sandboxCredentials, baseUrl, now: controls.now }),
    save,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The state and limits that the options ask for, restored from a snapshot if there is one. */
function remembered(options: SandboxOptions, known: SandboxSnapshot | undefined) {
  const { accounts, now } = options;
  const seed = known?.seed ?? options.seed ?? 1;
  const accountsPerBank =
    known?.accountsPerBank ?? (accounts === undefined ? undefined : accountsPerBankFor(accounts));
  const transactionsPerDay = known?.transactionsPerDay ?? options.transactionsPerDay;
  const clock = new SandboxClock(now);
  const world = new World(clock, seed, { accountsPerBank, transactionsPerDay });
  const state = new ServiceState(world);
  const limits = new LimitBook(world, limitsFrom(options.rateLimits ?? true));
  if (known !== undefined) {
    restore(state, limits, known);
    if (now === undefined) clock.restore(known.clock);
  }
  return { state, limits };
}

async function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        taken
          ? new Error(`Port ${port} is taken: choose another one, or 0 for any free port.`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
