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

/** An account that the configuration names; other fields are kept for the ledgers. */
const AccountSection = z.looseObject({
  id: z.string().min(1).optional(),
  iban: z.string().min(1).optional(),
  alias: z.string().min(1).optional(),
  assetAccount: z.string().min(1).optional(),
});

/** What a configuration file may hold, its keys in camelCase. */
export const ConfigurationFile = z.strictObject({
  secretId: z.string().optional(),
  secretKey: z.string().optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  allowHttp: z.boolean().optional(),
  cache: CacheSection.optional(),
  accounts: z.array(AccountSection).optional(),
});
export type ConfigurationFile = z.output<typeof ConfigurationFile>;

/** An account as the configuration names it. */
type ConfiguredAccount = z.output<typeof AccountSection>;

/** A setting whose source is known, as a file spells it. */
export type SettingName = "secret_id" | "secret_key" | "base_url" | "cache" | "allow_http";

/** Everything that is configured, from every source. */
export interface Configuration {
  /** Null if none are configured. */
  credentials: { secretId: string; secretKey: string } | null;
  /** Undefined for the service itself. */
  baseUrl: string | undefined;
  /** Whether the base URL may be plain `http:` beyond this machine. */
  allowHttp: boolean;
  cache: NonNullable<ConfigurationFile["cache"]>;
  accounts: readonly ConfiguredAccount[];
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

/** Keys of the reference client's `gocardless.yaml`, and their names here. */
export const REFERENCE_KEYS: Readonly<Record<string, string>> = { cacheOptions: "cache" };

/** The keys of a file, for "did you mean". */
export const KNOWN_KEYS: readonly string[] = [
  ...Object.keys(ConfigurationFile.shape),
  ...Object.keys(CacheSection.shape),
];
