/**
 * Connecting a bank and renewing a connection, whoever the provider is, without a terminal and without a page. It promises
 * that what came to nothing is removed or named, that an old connection ends only once the new one is there, and that
 * accounts are mapped by what lasts alone: nothing is guessed.
 */
export {
  type ConnectedBank,
  connectBank,
  type RenewedConnection,
  renewConnection,
} from "./connect-bank.ts";
export { type ConsentWay, obtainConsent, type ReadReturn } from "./consent.ts";
export { ConsentFailedError, ConsentTimeoutError, UnfinishedConnectionError } from "./errors.ts";
export { type ComparedAccount, type Succession, successionOf } from "./succession.ts";
