export type { SandboxAccount } from "./account.ts";
export { accountsAt } from "./accounts.ts";
export { institutions, type SandboxInstitution } from "./institutions.ts";
export { balancesOf, detailsOf, type Range, transactionsText } from "./payload.ts";
export { PROFILES, type ProfileName, type Quirk } from "./profiles.ts";
export type { Payload } from "./quirks.ts";
export { type GivenResponse, type Observation, type TrueTransaction, truthOf } from "./truth.ts";
