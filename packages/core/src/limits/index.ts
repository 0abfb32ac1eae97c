export { type AccountQuota, type AccountScope, accountScopes, type ScopeQuota } from "./account-calls.ts";
export { type NextCall, type NextCallInput, nextCall, type Wish } from "./next-call.ts";
