/**
 * Banks as they really are, whichever service opens them: which there are, the accounts that a person has at each, and
 * all that happens to those. Everything follows from the seed and the date alone, and nothing here knows a wire format.
 */
export type { SandboxAccount } from "./account.ts";
export { accountsAt } from "./accounts.ts";
export { type BankFeature, banks, type SandboxBank } from "./catalogue.ts";
export { type PayloadQuirk, PROFILES, type ProfileName, type Quirk } from "./quirks.ts";
export type { Range } from "./shown.ts";
export { type Observation, type TrueTransaction, truthOf } from "./truth.ts";
