/**
 * Connects a bank and renews a connection, with any provider, and without a terminal or a page. An unsuccessful
 * connection is removed or reported, an old connection ends only once the new one exists, and accounts are matched only
 * by identities that last, never by a guess.
 */

import "../base/supported-node.ts";

export {
  type ConnectedBank,
  connectBank,
  type Renewal,
  type RenewedConnection,
  renewConnection,
} from "./connect-bank.ts";
export { type ConsentWay, obtainConsent, type ReadReturn } from "./consent.ts";
export { ConsentFailedError, ConsentTimeoutError, UnfinishedConnectionError } from "./errors.ts";
export { type ComparedAccount, type RenamedAccount, type Succession, successionOf } from "./succession.ts";
