/**
 * Keeps calls within the services' limits: each account's daily calls and failures, counted for all processes that
 * share a cache, and the general limits, kept by waiting. A call is reserved before it is sent and completed
 * afterwards, so that every call is counted. `nextCall` returns when to make the next one.
 */

import "../base/supported-node.ts";

export { type DataKind, dataKinds } from "../base/data-kinds.ts";
export type { AccountQuota, CallQuota } from "./account-calls.ts";
export { type ConsentEnd, type NextCall, type NextCallInput, nextCall, type Wish } from "./next-call.ts";
