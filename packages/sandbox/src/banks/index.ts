/**
 * The simulated banks, whichever service connects them: the catalogue, the end user's accounts at each, and everything
 * that happens on these. All of it depends only on the seed and the date. Nothing here depends on a wire format.
 */
export type { SandboxAccount } from "./account.ts";
export { accountsAt } from "./accounts.ts";
export { type BankFeature, banks, type SandboxBank } from "./catalogue.ts";
export { ALL_QUIRKS, isQuirk, type PayloadQuirk, PROFILES, type ProfileName, type Quirk } from "./quirks.ts";
export type { Range } from "./shown.ts";
export {
  type Observation,
  type ObservedMovement,
  type Sighting,
  type TrueTransaction,
  truthOf,
} from "./truth.ts";
