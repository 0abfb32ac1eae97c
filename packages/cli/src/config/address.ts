import { ConfigurationError } from "bankdata-core/base";
import { isForeign, originsText, type Setting } from "./source.ts";

/**
 * Rejects a base URL that somebody else may have chosen for the user's credentials. A base URL of a file of the current
 * folder is only for credentials of the folder's files: otherwise the program, if started in a downloaded folder, would
 * send the user's secret to any address that a file there names.
 *
 * @param credentials secret id and key, as far as they are known
 * @throws ConfigurationError naming where both come from
 */
export function rejectForeignBaseUrl(
  baseUrl: Setting | undefined,
  credentials: readonly Setting[],
  userFile: string,
): void {
  const who = baseUrl?.sources ?? [];
  if (baseUrl === undefined || !who.some(isForeign)) return;
  if (!who.every(isForeign)) {
    throw new ConfigurationError(
      `${baseUrl.place}: a base URL in a file of the current folder must not contain variables that are set elsewhere. Write it out, or set BANKDATA_BASE_URL in the environment.`,
    );
  }
  const users = credentials.filter(({ sources }) => !sources.every(isForeign));
  if (users.length === 0) return;
  const names = originsText(users.map(({ origin }) => origin));
  throw new ConfigurationError(
    `The base URL comes from ${baseUrl.place}, a file of the current folder, but your credentials come from ${names}: they are not sent to an address that the folder chooses. Put credentials for that address next to it, or, if you trust it, move the base URL to the environment (BANKDATA_BASE_URL) or to ${userFile}.`,
  );
}

/**
 * Whether plain `http:` is allowed beyond this machine.
 *
 * @throws ConfigurationError if a file of the current folder sets it, or it is neither true nor false
 */
export function allowsHttp(variable: Setting | undefined, inFile: Setting | undefined): boolean {
  for (const setting of [variable, inFile]) {
    if (setting?.sources.some(isForeign)) {
      throw new ConfigurationError(
        `${setting.place}: ${setting.key} cannot be set by a file of the current folder. Set BANKDATA_ALLOW_HTTP in the environment, or allow_http in your own configuration.`,
      );
    }
  }
  const value = (variable ?? inFile)?.value.trim().toLowerCase() ?? "false";
  if (/^(true|1|yes|false|0|no)$/.test(value)) return /^(true|1|yes)$/.test(value);
  throw new ConfigurationError(`${(variable ?? inFile)?.place} must be true or false.`);
}
