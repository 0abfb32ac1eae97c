import { expectTypeOf } from "vitest";
import type {
  CallOptions,
  GoCardlessClient,
  ResponseInfo,
  WriteOptions,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers } from "./model-types.ts";

declare const client: GoCardlessClient;
declare const signal: AbortSignal;
const id = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const bank = { institution_id: "N26_NTSBDEB1" };
const connection = { ...bank, redirect: "http://localhost/" };

expectTypeOf<AsRead<CallOptions>>().toEqualTypeOf<{
  signal: AbortSignal | undefined;
  timeout: number | undefined;
  onResponse: ((response: ResponseInfo) => void) | undefined;
  headers: Readonly<Record<string, string>> | undefined;
  force: boolean | undefined;
  refresh: boolean | undefined;
  forceRefresh: boolean | undefined;
  expireAfter: number | "forever" | undefined;
  onlyIfCached: boolean | undefined;
}>();
expectTypeOf<RequiredMembers<CallOptions>>().toBeNever();

// What only has a meaning for a call that reads is not accepted by one that writes.
expectTypeOf<AsRead<WriteOptions>>().toEqualTypeOf<{
  signal: AbortSignal | undefined;
  timeout: number | undefined;
  onResponse: ((response: ResponseInfo) => void) | undefined;
  headers: Readonly<Record<string, string>> | undefined;
}>();
expectTypeOf<RequiredMembers<WriteOptions>>().toBeNever();
client.deleteRequisition(id, {
  signal,
  timeout: 1,
  onResponse: () => {},
  headers: { "accept-language": "de" },
});
// @ts-expect-error it writes
client.createRequisition(connection, { refresh: true });
// @ts-expect-error it writes
client.createAgreement(bank, { expireAfter: 1 });
// @ts-expect-error it writes
client.deleteRequisition(id, { onlyIfCached: true });
// @ts-expect-error it writes
client.deleteAgreement(id, { forceRefresh: true });
// @ts-expect-error it writes
client.acceptAgreement(id, "Mozilla/5.0", "192.0.2.1", { force: true });
// @ts-expect-error it writes
client.reconfirmAgreement(id, {}, { refresh: true });
// @ts-expect-error it writes, and always asks the service whether the reference exists
client.createBankLink("me", bank.institution_id, undefined, {}, { refresh: true });
// @ts-expect-error it writes
client.post("/x/", {}, { onlyIfCached: true });
// @ts-expect-error it writes
client.put("/x/", {}, { refresh: true });
// @ts-expect-error it writes
client.delete("/x/", { onlyIfCached: true });
// @ts-expect-error it writes
client.withMeta.delete("/x/", { onlyIfCached: true });
// @ts-expect-error it writes
client.withMeta.deleteRequisition(id, { onlyIfCached: true });

// Call options are the last argument.
client.getAccountTransactions(id, {}, { refresh: true });
// @ts-expect-error the second argument is the range
client.getAccountTransactions(id, { refresh: true });
// @ts-expect-error the second argument is the range
client.getAccountTransactions(id, { daysBack: 90, signal });
client.createRequisition(connection, { timeout: 1 });
// @ts-expect-error the first argument is the body
client.createRequisition({ ...connection, timeout: 1 });
client.createAgreement(bank, { signal });
// @ts-expect-error the first argument is the body
client.createAgreement({ ...bank, signal });
client.getRequisitionsPaginated({ limit: 1 }, { signal });
// @ts-expect-error the first argument is the page
client.getRequisitionsPaginated({ limit: 1, signal });
client.getAgreementsPaginated({ limit: 1 }, { refresh: true });
// @ts-expect-error the first argument is the page
client.getAgreementsPaginated({ limit: 1, refresh: true });
client.getInstitutions({ country: "GB" }, { forceRefresh: true });
// @ts-expect-error the first argument is the filter
client.getInstitutions({ country: "GB", forceRefresh: true });
client.reconfirmAgreement(id, { redirect: null }, { timeout: 1 });
// @ts-expect-error the second argument is the body
client.reconfirmAgreement(id, { redirect: null, timeout: 1 });
client.acceptAgreement(id, "Mozilla/5.0", "192.0.2.1", { timeout: 1 });
client.createBankLink("me", bank.institution_id, undefined, { ssn: "1" }, { timeout: 1 });
// @ts-expect-error the fourth argument holds members of the requests
client.createBankLink("me", bank.institution_id, undefined, { ssn: "1", timeout: 1 });

// Call options are closed.
// @ts-expect-error it is named refresh
client.getAccount(id, { refesh: true });
// @ts-expect-error it is named timeout
client.getAllAccounts({ timeOut: 1 });
// @ts-expect-error it is an option of the client
client.getAccount(id, { retries: 1 });
// @ts-expect-error schema is an option of get, post, put and delete
client.getAccount(id, { schema: { "~standard": {} } });
// @ts-expect-error a lifetime is a number of seconds, or "forever"
client.getAccount(id, { expireAfter: "1h" });

// Bodies, pages, filters and ranges are closed.
// @ts-expect-error it is named max_historical_days
client.createAgreement({ ...bank, max_historic_days: 90 });
// @ts-expect-error it is named reference
client.createRequisition({ ...connection, refrence: "me" });
// @ts-expect-error it is named limit
client.getRequisitionsPaginated({ limmit: 1 });
// @ts-expect-error there is no such filter
client.getInstitutions({ payments_enabled: true });
// @ts-expect-error it is named dateFrom
client.getAccountTransactions(id, { date_from: "2026-01-01" });
// @ts-expect-error it is named redirect
client.reconfirmAgreement(id, { redirect_url: null });
// @ts-expect-error it is named access_scope
client.createBankLink("me", bank.institution_id, undefined, { scopes: ["balances"] });
// @ts-expect-error the arguments name the redirect
client.createBankLink("me", bank.institution_id, undefined, { redirect: null });
client.createAgreement({ ...bank, extra: { some_day: [1] } });
client.createRequisition({ ...connection, extra: { some_day: [1] } });
client.getRequisitionsPaginated({ extra: { some_day: 1 } });
client.getInstitutions({ extra: { payments_enabled: true } });
client.reconfirmAgreement(id, { extra: { some_day: [1] } });
client.createBankLink("me", bank.institution_id, undefined, { extra: { some_day: [1] } });
