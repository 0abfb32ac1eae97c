import { BALANCE_CHOICES } from "bankdata-core/bank";
import { isCalendarDate } from "bankdata-core/base";
import { z } from "zod";
import type { Origin } from "./source.ts";

/** Seconds, or for ever; requests-cache, which the reference client uses, writes -1 for that. */
const Freshness = z
  .union([z.literal("forever"), z.number().min(0), z.literal(-1)])
  .transform((time) => (time === -1 ? "forever" : time));

const CacheSection = z.strictObject({
  backend: z.enum(["sqlite", "memory"]).optional(),
  cacheName: z.string().regex(/\S/, "must not be blank").optional(),
  expireAfter: Freshness.optional(),
  matchHeaders: z.union([z.boolean(), z.array(z.string())]).optional(),
  oldDataOnError: z.union([z.boolean(), z.number().min(0)]).optional(),
  cacheControl: z.boolean().optional(),
  staleWhileRevalidate: z.union([z.boolean(), z.number().min(0)]).optional(),
  ignoredParameters: z.array(z.string()).optional(),
  maxBytes: z.number().positive().optional(),
});

const Name = z.string().regex(/\S/, "must not be blank");

/** An account that the configuration names, by its id or its IBAN. */
const AccountSection = z.strictObject({
  id: Name.optional(),
  iban: Name.optional(),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/, "must be a currency code such as EUR")
    .transform((code) => code.toUpperCase())
    .optional(),
  alias: Name.optional(),
  assetAccount: Name.optional(),
  balance: z.enum(BALANCE_CHOICES).optional(),
  invert: z
    .union([z.boolean(), z.literal("pending")], "must be true (all transactions) or pending (those alone)")
    .optional(),
  bookingStatuses: z
    .array(z.enum(["booked", "pending"]))
    .min(1, "must name booked, pending or both")
    .optional(),
  daysBack: z.int().min(1).max(730).optional(),
  start: z.string().refine(isCalendarDate, "must be a date such as 2026-01-31").optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  metadataFields: z.record(z.string(), z.string()).optional(),
  excludeDefaultMetadata: z.array(z.string()).optional(),
});

/** What a configuration file may hold, its keys in camelCase. */
export const ConfigurationFile = z.strictObject({
  provider: z.literal("gocardless").optional(),
  secretId: z.string().optional(),
  secretKey: z.string().optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  allowHttp: z.boolean().optional(),
  cache: CacheSection.optional(),
  archive: z.string().regex(/\S/, "must not be blank").optional(),
  accounts: z.array(AccountSection).optional(),
  currency: z.string().optional(),
  envFiles: z.array(z.string()).optional(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type ConfigurationFile = z.output<typeof ConfigurationFile>;

/** An account as the configuration names it. */
export type ConfiguredAccount = z.output<typeof AccountSection>;

/** A setting whose source is known, as a file spells it. */
export type SettingName = "secret_id" | "secret_key" | "base_url" | "cache" | "archive" | "allow_http";

/** Where transactions are kept for ever. */
export interface ConfiguredArchive {
  /** An absolute path, or the URL of a Postgres database. */
  readonly location: string;
  /** Whether the person has named it; otherwise it is the usual one. */
  readonly isNamed: boolean;
}

/** Everything that is configured, from every source. */
export interface Configuration {
  /** Null if none are configured. */
  credentials: { secretId: string; secretKey: string } | null;
  /** Undefined for the service itself. */
  baseUrl: string | undefined;
  /** Whether the base URL may be plain `http:` beyond this machine. */
  allowHttp: boolean;
  cache: NonNullable<ConfigurationFile["cache"]>;
  archive: ConfiguredArchive;
  accounts: readonly ConfiguredAccount[];
  /** The keys of the file that are accepted, but do nothing yet, as the file spells them. */
  unused: readonly { readonly key: string; readonly place: string }[];
  /** The file that was read; null if there is none. */
  file: string | null;
  /** Where each setting came from, if it is set. */
  sources: Readonly<Partial<Record<SettingName, Origin>>>;
  /** The files that hold the credentials; none if both come from the environment. */
  credentialFiles: readonly string[];
  /** What comes from files of the current folder, which somebody else may have written. */
  foreign: {
    /** Whether the file is one of the current folder. */
    file: boolean;
    /** The files and variables of the current folder that contribute to the credentials. */
    credentials: readonly Origin[];
    /** Those that contribute to the base URL. */
    baseUrl: readonly Origin[];
  };
}

/** Keys of the reference client's `gocardless.yaml` and `openbanking.yml`, and their names here. */
export const REFERENCE_KEYS: Readonly<Record<string, string>> = {
  cacheOptions: "cache",
  preferredBalanceType: "balance",
  transactionTypes: "bookingStatuses",
};

/** Keys that are for ledgers, which no command writes yet. */
const KEYS_OF_LEDGERS: readonly string[] = [
  "currency",
  "metadata",
  "metadataFields",
  "excludeDefaultMetadata",
];

/** Whether a key is accepted, but does nothing yet. @param path the keys and places that lead to it */
export function isUnused(path: readonly PropertyKey[]): boolean {
  const [section, , key] = path;
  if (path.length === 1) return section === "currency";
  return path.length === 3 && section === "accounts" && key !== "currency" && isOf(KEYS_OF_LEDGERS, key);
}

function isOf(keys: readonly string[], key: PropertyKey | undefined): boolean {
  return typeof key === "string" && keys.includes(key);
}

/** The keys that may stand in a section of a file, for "did you mean". @param path the keys and places that lead to it */
export function knownKeys([section]: readonly PropertyKey[]): readonly string[] {
  const shape =
    section === "accounts"
      ? AccountSection.shape
      : section === "cache"
        ? CacheSection.shape
        : ConfigurationFile.shape;
  const names = Object.keys(shape);
  const theirs = Object.entries(REFERENCE_KEYS).flatMap(([key, name]) => (names.includes(name) ? key : []));
  return [...names, ...theirs];
}
