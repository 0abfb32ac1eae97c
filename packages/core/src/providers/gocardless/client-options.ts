import { ConfigurationError } from "../../base/errors.ts";
import { checkOptionValues, hasMethods, type OptionKind, type OptionKinds } from "../../base/option-kinds.ts";
import { checkOptionNames, kindOf } from "../../base/option-names.ts";
import {
  type CacheOptions,
  type PipelineOptions,
  pipelineOptionKinds,
  type Settings,
  settingsFrom,
} from "../../pipeline/index.ts";
import { goCardless } from "./service.ts";
import type { TokenStore } from "./token-store.ts";

/** Options of a client. Only the credentials are required. */
export interface ClientOptions extends PipelineOptions {
  /** From the service's user page. */
  secretId: string;
  /** From the service's user page. */
  secretKey: string;
  /** Keeps tokens across processes. @default sealed, stored with the cache */
  tokenStore?: TokenStore | undefined;
  /**
   * How responses are cached; `false` turns the cache off, and then nothing is written to disk unless a token store is
   * given.
   * @default a SQLite file in the user's cache folder
   */
  cacheOptions?: CacheOptions | false | undefined;
}

/** The options with every default filled in. */
export interface ClientSettings extends Settings {
  readonly secretId: string;
  readonly secretKey: string;
  readonly tokenStore: TokenStore | undefined;
}

const isString: OptionKind = { takes: "a string", fits: (value) => typeof value === "string" };

const clientOptionKinds: OptionKinds<ClientOptions> = {
  ...pipelineOptionKinds,
  secretId: isString,
  secretKey: isString,
  tokenStore: {
    takes: "an object with the methods load and save",
    fits: (value) => hasMethods(value, ["load", "save"]),
  },
  cacheOptions: {
    takes: "an object, or false for no cache",
    fits: (value) => value === false || (typeof value === "object" && value !== null),
  },
};

/**
 * Fills in every default.
 *
 * @throws ConfigurationError if the credentials are empty, or if an option does not exist or is not valid
 */
export function clientSettingsFrom(options: ClientOptions): ClientSettings {
  const given = kindOf(options);
  if (given !== "Object") {
    throw new ConfigurationError(
      `GoCardlessClient takes one object, not ${given}: new GoCardlessClient({ secretId, secretKey }).`,
    );
  }
  checkOptionNames(options, clientOptionKinds, "the options of GoCardlessClient");
  checkOptionValues(options, clientOptionKinds);
  const secretId = credential(options.secretId, "secretId", "GOCARDLESS_SECRET_ID");
  const secretKey = credential(options.secretKey, "secretKey", "GOCARDLESS_SECRET_KEY");
  const identity = { id: secretId, secrets: [secretKey, secretId] };
  const settings = settingsFrom(options, goCardless, identity);
  return Object.freeze({ ...settings, secretId, secretKey, tokenStore: options.tokenStore });
}

function credential(value: unknown, option: string, variable: string): string {
  if (typeof value === "string" && value.trim() !== "") return value.trim();
  throw new ConfigurationError(
    `${option} is empty: create user secrets at bankaccountdata.gocardless.com and pass them, for example from the environment variable ${variable}.`,
  );
}
