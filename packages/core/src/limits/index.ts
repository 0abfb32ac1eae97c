export { type AccountQuota, type CallQuota, type DataKind, dataKinds } from "./account-calls.ts";
export { type NextCall, type NextCallInput, nextCall, type Wish } from "./next-call.ts";
