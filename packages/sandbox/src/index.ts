/// <reference lib="esnext.disposable" preserve="true" />
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { sandboxApp } from "./gocardless/app.ts";
import { accountsPerBankFor, populate } from "./gocardless/populate.ts";
import { SandboxClock } from "./world/clock.ts";
import { SandboxControls } from "./world/controls.ts";
import { LimitBook, limitsFrom, type SomeLimits } from "./world/limits.ts";
import type { Permissions } from "./world/permissions.ts";
import { restore, type SandboxSnapshot, snapshotOf } from "./world/snapshot.ts";
import { SandboxState } from "./world/state.ts";
import { prepareStateFile, readStateFile, versionOf, writeStateFile } from "./world/state-file.ts";

export type { Observation, ProfileName, Quirk, TrueTransaction } from "./banks/index.ts";
export type { TimeSpan } from "./world/clock.ts";
export type { Authorisation, ReturnError } from "./world/consent.ts";
export type { SandboxRequest } from "./world/controls.ts";
export type { Fault } from "./world/faults.ts";
export type { Limit, Limits, SomeLimits } from "./world/limits.ts";
export type { NamedError } from "./world/named-errors.ts";
export type { Operation } from "./world/operations.ts";
export type { Permissions } from "./world/permissions.ts";
export type { ReconfirmationOutcome } from "./world/reconfirmation.ts";
export type { SandboxSnapshot } from "./world/snapshot.ts";

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
  rateLimits?: boolean | SomeLimits | undefined;
  /** What the company of the credentials may do. @default everything */
  permissions?: Permissions | undefined;
  /** So many accounts, spread over all banks, are there and linked from the start. @default none */
  accounts?: number | undefined;
  /** How many purchases an account has a day. @default a person's usual life, one or two */
  transactionsPerDay?: number | undefined;
  /** What another sandbox has saved, to go on from; its seed and size go before those given here. @default nothing */
  state?: SandboxSnapshot | undefined;
  /**
   * A file that keeps the state between runs: read where it is there, written after each change but those of mere
   * reading, and on closing. Its owner alone can read it. @default none
   */
  stateFile?: string | undefined;
}

/** A sandbox that runs. */
export interface Sandbox
  extends AsyncDisposable,
    Pick<
      SandboxControls,
      | "requests"
      | "now"
      | "authorise"
      | "reconfirm"
      | "advanceTime"
      | "inject"
      | "setFaults"
      | "clearFaults"
      | "setLimits"
      | "setRequisitionStatus"
      | "setAccountStatus"
      | "setTransactions"
      | "truth"
      | "state"
    > {
  /** `http://127.0.0.1:PORT/api/v2` */
  readonly baseUrl: string;
  /** They open nothing but this sandbox. */
  readonly credentials: { secretId: string; secretKey: string };
  /** Everything that it remembers, as one JSON document for `startSandbox({ state })`. */
  save(): SandboxSnapshot;
  /** Ends all connections, frees the port, and writes the state file where there is one. */
  close(): Promise<void>;
}

const credentials = Object.freeze({ secretId: "sandbox-secret-id", secretKey: "sandbox-secret-key" });

/**
 * Starts a stand-in for the whole service on this machine, with its state in memory.
 *
 * @throws Error where the port is taken, or the state file can be neither read nor written, saying so
 * @example
 * await using sandbox = await startSandbox({ port: 0, seed: 1, now: "2026-11-23T09:00:00Z" });
 * const client = new GoCardlessClient({ ...sandbox.credentials, baseUrl: sandbox.baseUrl });
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = "127.0.0.1", permissions = {}, stateFile } = options;
  const known = options.state ?? (stateFile === undefined ? undefined : readStateFile(stateFile));
  if (stateFile !== undefined) prepareStateFile(stateFile);
  const { state, limits } = remembered(options, known);
  const controls = new SandboxControls(state, limits);
  const app = sandboxApp({
    state,
    controls,
    credentials,
    limits,
    permissions,
    hosts: [host],
    changed: () => keep(),
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const bound = await listen(server, port, host);
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
    // Who has only looked does not undo what another sandbox on the same file has done meanwhile.
    if (changedHere || versionOf(stateFile) === seen) writeStateFile(stateFile, save());
  };
  const changing =
    <Given extends unknown[], Result>(act: (...given: Given) => Result) =>
    (...given: Given): Result => {
      const result = act(...given);
      keep();
      return result;
    };
  if (known === undefined && options.accounts !== undefined) {
    populate(state, options.accounts, `http://${host}:${bound}`);
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
  return {
    baseUrl: `http://${host}:${bound}/api/v2`,
    credentials,
    requests: controls.requests,
    now: () => controls.now(),
    authorise: async (id, decision) => {
      const address = await controls.authorise(id, decision);
      keep();
      return address;
    },
    reconfirm: changing((id, outcome, accounts) => controls.reconfirm(id, outcome, accounts)),
    advanceTime: changing((span) => controls.advanceTime(span)),
    inject: (fault) => controls.inject(fault),
    setFaults: (faults) => controls.setFaults(faults),
    clearFaults: () => controls.clearFaults(),
    setLimits: (to) => controls.setLimits(to),
    setRequisitionStatus: changing((id, status) => controls.setRequisitionStatus(id, status)),
    setAccountStatus: changing((id, status) => controls.setAccountStatus(id, status)),
    setTransactions: changing((id, transactions) => controls.setTransactions(id, transactions)),
    truth: (id) => controls.truth(id),
    state: () => controls.state(),
    save,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A state as the options want it, with what was known before. */
function remembered(options: SandboxOptions, known: SandboxSnapshot | undefined) {
  const { accounts, now } = options;
  const seed = known?.seed ?? options.seed ?? 1;
  const accountsPerBank =
    known?.accountsPerBank ?? (accounts === undefined ? undefined : accountsPerBankFor(accounts));
  const transactionsPerDay = known?.transactionsPerDay ?? options.transactionsPerDay;
  const clock = new SandboxClock(now);
  const state = new SandboxState(clock, seed, { accountsPerBank, transactionsPerDay });
  const limits = new LimitBook(
    limitsFrom(options.rateLimits ?? true),
    ({ institution_id: id }) => state.institutions.get(id)?.traits.callsPerDay,
  );
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
          ? new Error(`Port ${port} is taken: choose another one, or 0 for any.`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
