import { BankDataError, ConfigurationError, messageOf } from "bankdata-core/base";
import { ArchiveUnavailableError } from "../errors.ts";
import type { Address } from "./address.ts";

/** Codes of SQLSTATE, or their first two characters, after which the same can succeed later. */
const PASSING: readonly string[] = ["08", "25006", "40", "53", "55P03", "57", "58"];

/** Those that need other settings or privileges. */
const SETTINGS: readonly string[] = ["28", "3D000", "3F000", "42501"];

/** Turns an error of pg into one of the archive; any other error, such as a wrong statement, stays as it is. */
export function archiveError(error: unknown, address: Address): unknown {
  if (error instanceof BankDataError || error instanceof TypeError || !(error instanceof Error)) return error;
  const state = stateOf(error);
  const reason = reasonOf(error, address);
  if (state === undefined ? isAboutPassword(error) : isAmong(SETTINGS, state))
    return new ConfigurationError(
      `The archive ${address.shown} cannot be used: ${reason}. Check the address, user name and password, and what the user may do.`,
    );
  // Whatever pg throws that the server did not send is a failure of the connection.
  if (state === undefined || isAmong(PASSING, state)) return unavailable(reason, address, error);
  return error;
}

/** The connection was lost while a commit was under way. */
export function lostCommit(error: unknown, address: Address): ArchiveUnavailableError {
  return new ArchiveUnavailableError(
    `The connection to the archive ${address.shown} was lost while a write was being completed, so that it is either all there or not at all. Do the same again once the server is back.`,
    { cause: withoutSecrets(error, address) },
  );
}

function unavailable(reason: string, address: Address, error: Error): ArchiveUnavailableError {
  return new ArchiveUnavailableError(
    `The archive ${address.shown} cannot be used now: ${reason}. What was committed is safe, and a write under way was undone: do the same again once the server can be used.`,
    { cause: withoutSecrets(error, address) },
  );
}

/** The server's code; undefined if the error came from elsewhere, whose codes have another form, such as ECONNRESET. */
function stateOf(error: Error): string | undefined {
  const isFromServer = "code" in error && "severity" in error && typeof error.code === "string";
  return isFromServer && typeof error.code === "string" ? error.code : undefined;
}

function isAmong(codes: readonly string[], state: string): boolean {
  return codes.some((code) => state.startsWith(code));
}

/** pg itself notices that a password is missing or does not fit, and gives such an error no code. */
function isAboutPassword({ message }: Error): boolean {
  return message.startsWith("SASL:");
}

function reasonOf(error: Error, address: Address): string {
  // With several addresses of one host, Node puts the errors into another one that has no message.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return masked(messageOf(error.message === "" ? (first ?? error) : error), address);
}

/** The error that led to another, without what pg and Node attach to it. */
function withoutSecrets(error: unknown, address: Address): Error {
  const cause = new Error(error instanceof Error ? reasonOf(error, address) : "");
  if (error instanceof Error && "code" in error) Object.assign(cause, { code: error.code });
  return cause;
}

function masked(text: string, { connection }: Address): string {
  const password = URL.parse(connection)?.password ?? "";
  if (password === "") return text;
  return [password, decoded(password)].reduce((left, secret) => left.replaceAll(secret, "***"), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
