import { limitsFrom, type RateLimitHeaders, type SomeLimits } from "./gocardless/limits.ts";
import type { Permissions } from "./gocardless/permissions.ts";
import { type SandboxSnapshot, snapshotFrom } from "./gocardless/state/snapshot.ts";
import {
  anyWholeNumber,
  assertFits,
  flag,
  isRecord,
  oneOf,
  record,
  text,
  wholeNumber,
} from "./world/argument.ts";
import { type BankQuirks, checkedQuirks } from "./world/bank-quirks.ts";
import { isPossibleTime } from "./world/clock.ts";
import { assertKnownNames } from "./world/known-names.ts";

/** HTTPS, for programs whose base URL cannot be set. */
export interface TlsOptions {
  /**
   * The folder of the certificate authority, which programs have to trust. It is made there at the first start, readable
   * by its owner only, and can vouch for the name of the service and for the loopback interface, but for nothing else.
   */
  folder: string;
  /** Also listens for HTTPS on this port, from 0 to 65535; 0 picks a free one. @default none: it is a proxy only */
  port?: number | undefined;
}

/** Options of {@link startSandbox}. */
export interface SandboxOptions {
  /** The port to listen on, from 0 to 65535; 0 picks a free one. @default 0 */
  port?: number | undefined;
  /** The address to listen on. @default "127.0.0.1" */
  host?: string | undefined;
  /**
   * Host names, without a port, to accept in addition to `localhost` and the addresses of this machine: the name of a
   * container, or the one by which a proxy passes requests on. @default none
   */
  allowHosts?: readonly string[] | undefined;
  /**
   * The password with which the controls and the overview page can be reached from other machines, in HTTP Basic
   * authentication with the user name `sandbox`; from 16 to 255 characters, none of them a control character.
   * @default they cannot be
   */
  controlKey?: string | undefined;
  /** Also serves the service's own name over HTTPS. @default HTTP only */
  tls?: TlsOptions | undefined;
  /** The same seed always produces the same banks, accounts, histories and ids. @default 1 */
  seed?: number | undefined;
  /**
   * A time (ISO 8601 or a `Date`) at which the clock stands still until it is advanced. It also sets the clock of a state
   * that is continued. @default real time, or the clock of that state
   */
  now?: string | Date | undefined;
  /** `false` for no limits, or limits that replace some of the service's. @default the service's */
  rateLimits?: boolean | SomeLimits | undefined;
  /**
   * The names of the headers with limits: "http" for `HTTP_X_RATELIMIT_LIMIT` and so on, "plain" for `X-RateLimit-Limit`
   * and so on. Clients meet both. @default "http"
   */
  rateLimitHeaders?: RateLimitHeaders | undefined;
  /** What the company that owns the credentials may do. @default everything */
  permissions?: Permissions | undefined;
  /** How many accounts are linked from the start, from 1 to 100,000, one listed bank after the other. @default none */
  accounts?: number | undefined;
  /** How many purchases each account has a day, at most 1,000; always 3 at Sandbox Finance. @default from 0 to 3, drawn for each day */
  transactionsPerDay?: number | undefined;
  /**
   * The quirks that a bank has in place of those of its profile and its habits, by the id of the bank; an empty list makes
   * the bank calm: `{ N26_NTSBDEB1: ["noIds", "lateArrivals"] }`. @default those of the profiles and the habits
   */
  quirks?: BankQuirks | undefined;
  /**
   * A snapshot from another sandbox's `save()` to continue from; its seed, size and quirks override these options.
   * @default none
   */
  state?: SandboxSnapshot | undefined;
  /**
   * A file that keeps the state between runs, readable by its owner only. It is written at the start, and with each change
   * before the response is sent. Other sandboxes, in this process or in others, can use the same file at the same time:
   * each acts on the newest state. While the sandbox runs, an empty file with the suffix `.lock` may lie beside it.
   * @default none
   */
  stateFile?: string | undefined;
  /**
   * Called once with a sentence if the state file can no longer be written or read while the sandbox runs: it then
   * continues in memory, and tries again with each change. Also called once if a program does not trust the certificate of
   * `tls`. @default prints the sentence on stderr
   */
  onWarning?: ((message: string) => void) | undefined;
}

const optionNames: Readonly<Record<keyof SandboxOptions, true>> = {
  port: true,
  host: true,
  allowHosts: true,
  controlKey: true,
  tls: true,
  seed: true,
  now: true,
  rateLimits: true,
  rateLimitHeaders: true,
  permissions: true,
  accounts: true,
  transactionsPerDay: true,
  quirks: true,
  state: true,
  stateFile: true,
  onWarning: true,
};

/** A name, an address of IPv4, or one of IPv6 in brackets. */
const HOST_NAME = /^(?:[\w.-]{1,253}|\[[\da-f:.]+\])$/i;

const tlsNames: Readonly<Record<keyof TlsOptions, true>> = { folder: true, port: true };

/** What an option must be; the others have members of their own, which are checked one by one. */
const RULES = {
  port: wholeNumber(0, 65_535),
  host: text(255),
  seed: anyWholeNumber,
  now: {
    fits: (value: unknown) =>
      (typeof value === "string" || value instanceof Date) && isPossibleTime(new Date(value).getTime()),
    words: "a valid time (ISO 8601) from 1970 to 2199",
  },
  rateLimitHeaders: oneOf(["http", "plain"]),
  accounts: wholeNumber(1, 100_000),
  transactionsPerDay: wholeNumber(0, 1000),
  stateFile: text(4096),
  onWarning: { fits: (value: unknown) => typeof value === "function", words: "a function" },
};

const permissionNames: Readonly<Record<keyof Permissions, true>> = {
  acceptAgreements: true,
  reconfirmation: true,
};

/**
 * The options with copies of the quirks and of the snapshot, if there are any.
 *
 * @throws TypeError that names an unknown or invalid option
 */
export function checkedOptions(options: SandboxOptions): SandboxOptions {
  assertFits("The options of startSandbox", options, record);
  assertKnownNames(options, optionNames, "startSandbox");
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const [name, rule] of Object.entries(RULES)) {
    if (given[name] !== undefined) assertFits(name, given[name], rule);
  }
  if (options.rateLimits !== undefined) limitsFrom(options.rateLimits, "rateLimits");
  assertPermissions(options.permissions);
  if (options.allowHosts !== undefined) checkedHosts(options.allowHosts, "allowHosts");
  if (options.controlKey !== undefined) checkedKey(options.controlKey, "controlKey");
  assertTls(options.tls);
  return {
    ...options,
    quirks: options.quirks === undefined ? undefined : checkedQuirks(options.quirks, "quirks"),
    state: options.state === undefined ? undefined : snapshotFrom(options.state),
  };
}

function assertPermissions(permissions: unknown): void {
  if (permissions === undefined) return;
  assertFits("permissions", permissions, record);
  if (!isRecord(permissions)) return;
  assertKnownNames(permissions, permissionNames, "permissions");
  for (const [name, value] of Object.entries(permissions)) {
    if (value !== undefined) assertFits(`permissions.${name}`, value, flag);
  }
}

/**
 * Checks host names for {@link SandboxOptions.allowHosts}.
 *
 * @param option its name, for the error
 * @throws TypeError if one is not a host name without a port
 */
export function checkedHosts(hosts: readonly string[], option: string): readonly string[] {
  assertFits(option, hosts, { fits: Array.isArray, words: "a list of host names" });
  const isHost = { fits: isHostName, words: "a host name without a port, such as sandbox" };
  for (const host of hosts) assertFits(option, host, isHost);
  return [...hosts];
}

function isHostName(value: unknown): boolean {
  return typeof value === "string" && HOST_NAME.test(value);
}

/**
 * Checks a key for {@link SandboxOptions.controlKey}. The error does not repeat it.
 *
 * @param option its name, for the error
 * @throws TypeError if it is too short or too long, or if no client could send it
 */
export function checkedKey(key: unknown, option: string): string {
  if (typeof key !== "string" || key.length < 16 || key.length > 255)
    throw new TypeError(`${option} must be a text of 16 to 255 characters.`);
  // RFC 7617, section 2. Half a character cannot be sent either.
  if (/\p{Cc}/u.test(key) || !key.isWellFormed())
    throw new TypeError(
      `${option} has a control character, such as a line break at its end, which no client can send. Leave it out.`,
    );
  return key;
}

function assertTls(tls: unknown): void {
  if (tls === undefined) return;
  assertFits("tls", tls, record);
  if (!isRecord(tls)) return;
  assertKnownNames(tls, tlsNames, "tls");
  assertFits("tls.folder", tls["folder"], text(4096));
  if (tls["port"] !== undefined) assertFits("tls.port", tls["port"], wholeNumber(0, 65_535));
}
