export { accountsAt, type SandboxAccount } from "./accounts.ts";
export { institutions, type SandboxInstitution } from "./institutions.ts";
export { balancesOf, detailsOf, type Payload, transactionsOf, type Viewpoint } from "./payload.ts";
