/// <reference lib="esnext.disposable" preserve="true" />
import "./supported-node.ts";

import { sandboxApp } from "./gocardless/app.ts";
import { type ControlParts, SandboxControls } from "./gocardless/controls.ts";
import { serviceFaults } from "./gocardless/fault.ts";
import { respondToMalformed, responseToUnreadable } from "./gocardless/listener-errors.ts";
import { Memory } from "./gocardless/memory.ts";
import { BASE_PATH, SERVICE_HOST } from "./gocardless/service-address.ts";
import { sharedControls } from "./gocardless/shared-controls.ts";
import { type SandboxSnapshot, sandboxSnapshot } from "./gocardless/state/snapshot.ts";
import { type SandboxTls, sandboxTls } from "./gocardless/tls.ts";
import { prepareTls } from "./gocardless/tls-certificate.ts";
import { checkedOptions, type SandboxOptions } from "./options.ts";
import { Listening } from "./world/listening.ts";
import { hostInUrl } from "./world/origin.ts";
import { SharedState } from "./world/shared-state.ts";

export type { Observation, ProfileName, Quirk, Range, Sighting, TrueTransaction } from "./banks/index.ts";
export type { ReconfirmationOutcome } from "./gocardless/consent/reconfirmation.ts";
export type { Authorisation } from "./gocardless/consent/requisition-flow.ts";
export type { ReturnError } from "./gocardless/consent/return-address.ts";
export type {
  AdvanceOptions,
  SandboxState,
  VisibleAccount,
} from "./gocardless/controls.ts";
export type { NamedError } from "./gocardless/errors/named-errors.ts";
export type { Fault } from "./gocardless/fault.ts";
export type { Limit, Limits, RateLimitHeaders, SomeLimits } from "./gocardless/limits.ts";
export type { Operation } from "./gocardless/operations.ts";
export type { Permissions } from "./gocardless/permissions.ts";
export type { SandboxRequest } from "./gocardless/request-log.ts";
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
export type { TransactionPayloads } from "./gocardless/statuses.ts";
export type { SandboxTls } from "./gocardless/tls.ts";
export { judge } from "./judge/judge.ts";
export type {
  DoubledEntry,
  Holder,
  JudgedRow,
  JudgeOptions,
  LostEntry,
  MixedTransaction,
  PendingLink,
  RowOfEntry,
  RowPlace,
  TransactionList,
  Verdict,
  WrongLink,
} from "./judge/verdict.ts";
export { checkedHosts, checkedKey, type SandboxOptions, type TlsOptions } from "./options.ts";
export { type BankQuirks, checkedQuirks, sandboxBanks, sandboxQuirks } from "./world/bank-quirks.ts";
export type { KeptClock, TimeSpan } from "./world/clock.ts";
export type { BaseFault } from "./world/faults.ts";

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
  /** How a program reaches the sandbox under the service's own name; undefined without the option `tls`. */
  readonly tls: SandboxTls | undefined;
  /** The base URL, the credentials and the clock, to make a client with. */
  clientOptions(): SandboxClientOptions;
  /** The state, without faults and the log of requests, as one JSON document for `startSandbox({ state })`. */
  save(): SandboxSnapshot;
  /** Closes all connections, frees the ports, and writes the state file if there is one. */
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
 * @throws Error if an option is unknown or invalid, a port is taken, or the state file or the certificate authority cannot
 *   be read or written
 * @example
 * await using sandbox = await startSandbox({ port: 0, seed: 1, now: "2026-11-23T09:00:00Z" });
 * const client = new GoCardlessClient({ ...sandbox.clientOptions(), cacheOptions: false });
 */
export async function startSandbox(given: SandboxOptions = {}): Promise<Sandbox> {
  const options = checkedOptions(given);
  const { port = 0, host = "127.0.0.1", stateFile } = options;
  const warn = options.onWarning ?? ((message) => process.emitWarning(message, "SandboxWarning"));
  const tls = options.tls && (await prepareTls(options.tls.folder, warn));
  const shared =
    stateFile === undefined
      ? undefined
      : SharedState.open({ path: stateFile, parse: (value) => sandboxSnapshot.parse(value), warn });
  const listening = new Listening({
    host,
    onError: responseToUnreadable,
    prepare: respondToMalformed,
    tls: tls?.listening,
  });
  try {
    await listening.open(port, options.tls?.port);
    const begin = (known?: SandboxSnapshot) => new Memory(options, known, listening.origin);
    const memory = shared === undefined ? begin() : await shared.start(begin);
    return sandboxOf(memory, { listening, shared, options, ca: tls?.ca });
  } catch (error) {
    await listening.close();
    shared?.abandon();
    throw error;
  }
}

/** What a running sandbox consists of. */
interface Running {
  listening: Listening;
  shared: SharedState<SandboxSnapshot> | undefined;
  options: SandboxOptions;
  /** The path of the authority's certificate, for HTTPS. */
  ca: string | undefined;
}

function sandboxOf(memory: Memory, { listening, shared, options, ca }: Running): Sandbox {
  const { state, limits } = memory;
  const parts: ControlParts = { state, limits, faults: serviceFaults(), requests: [] };
  listening.serve(
    sandboxApp({
      ...parts,
      shared,
      credentials: sandboxCredentials,
      permissions: options.permissions ?? {},
      rateLimitHeaders: options.rateLimitHeaders ?? "http",
      port: listening.port,
      access: {
        hosts: [
          hostInUrl(listening.host),
          ...(options.allowHosts ?? []),
          ...(ca === undefined ? [] : [SERVICE_HOST]),
        ].map((name) => name.toLowerCase()),
        controlKey: options.controlKey,
      },
    }).fetch,
  );
  const own = new SandboxControls(parts, () => shared?.changed());
  // Spread below as own properties, so that each control can be passed on by itself.
  const controls = shared === undefined ? own : sharedControls(own, shared);
  const baseUrl = listening.origin + BASE_PATH;
  const close = async () => {
    if (!listening.isOpen) return;
    await listening.close();
    shared?.close();
  };
  return {
    baseUrl,
    credentials: sandboxCredentials,
    tls: ca === undefined ? undefined : sandboxTls(ca, listening.origin, listening.tlsPort),
    ...controls,
    clientOptions: () => ({ ...sandboxCredentials, baseUrl, now: controls.now }),
    save: () => (shared === undefined ? memory.snapshot() : shared.look(() => memory.snapshot())),
    close,
    [Symbol.asyncDispose]: close,
  };
}
