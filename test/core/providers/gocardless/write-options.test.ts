import { expect, it } from "vitest";
import {
  type CallOptions,
  ConfigurationError,
  GoCardlessClient,
  goCardlessProvider,
  type RequestOptions,
} from "../../../../packages/core/src/index.ts";
import { startSandbox } from "../../../../packages/sandbox/src/index.ts";
import { failureOf } from "../../../support/failure.ts";
import { startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const BANK = { institution_id: "N26_NTSBDEB1" };

const onlyForReading: CallOptions[] = [
  { onlyIfCached: true },
  { refresh: true },
  { refresh: false },
  { forceRefresh: true },
  { expireAfter: 60 },
  { expireAfter: "forever" },
  { force: true },
];

/** Every method that writes, with options as JavaScript without types passes them. */
const writes: [string, (client: GoCardlessClient, options: object) => Promise<unknown>][] = [
  ["createAgreement", (client, options) => client.createAgreement(BANK, options)],
  ["acceptAgreement", (client, options) => client.acceptAgreement(ID, "Firefox", "192.0.2.1", options)],
  ["deleteAgreement", (client, options) => client.deleteAgreement(ID, options)],
  ["reconfirmAgreement", (client, options) => client.reconfirmAgreement(ID, {}, options)],
  ["createRequisition", (client, options) => client.createRequisition({ ...BANK, redirect: null }, options)],
  ["deleteRequisition", (client, options) => client.deleteRequisition(ID, options)],
  ["createBankLink", (client, options) => client.createBankLink("r", "B", "http://localhost", {}, options)],
  ["post", (client, options) => client.post("/requisitions/", {}, options)],
  ["put", (client, options) => client.put(`/agreements/enduser/${ID}/accept/`, {}, options)],
  ["delete", (client, options) => client.delete(`/requisitions/${ID}/`, options)],
  ["withMeta.delete", (client, options) => client.withMeta.delete(`/requisitions/${ID}/`, options)],
  ["withMeta.createAgreement", (client, options) => client.withMeta.createAgreement(BANK, options)],
];

it.each(writes)("%s refuses the options of reading before anything is sent", async (_, make) => {
  await using service = await startService(() => undefined);
  const client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl: service.baseUrl },
    cacheOptions: { backend: "memory" },
  });
  for (const options of onlyForReading) {
    const error = await failureOf(make(client, options));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(
      `${Object.keys(options)[0]} is an option of calls that read, and has no meaning for one that writes: leave it out.`,
    );
  }
  expect(service.received).toEqual([]);
  const { signal } = new AbortController();
  await failureOf(make(client, { signal, timeout: 5000, headers: {}, refresh: undefined }));
  expect(service.asked()).not.toEqual([]);
});

it("onlyIfCached cannot be combined with an option that asks the service", async () => {
  await using service = await startService(() => undefined);
  const client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl: service.baseUrl, cacheOptions: false },
  });
  for (const other of ["refresh", "forceRefresh"]) {
    const error = await failureOf(client.getAccount(ID, { onlyIfCached: true, [other]: true }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(`onlyIfCached, which sends nothing, cannot be combined with ${other}.`);
  }
  expect(service.received).toEqual([]);
});

it("a provider's methods that write refuse the options of reading before anything is sent", async () => {
  await using sandbox = await startSandbox({ now: "2026-11-23T09:00:00Z" });
  const provider = goCardlessProvider(
    new GoCardlessClient({ ...sandbox.clientOptions(), cacheOptions: false }),
  );
  const bank = await provider.bank("N26_NTSBDEB1");
  const { connectionId, state } = await provider.begin(bank, { returnTo: "http://localhost/" });
  const url = await sandbox.authorise(connectionId ?? "", { outcome: "linked" });
  const before = sandbox.requests.length;
  const misplaced: (RequestOptions & CallOptions)[] = [
    { onlyIfCached: true },
    { refresh: true },
    { force: true },
  ];
  for (const options of misplaced) {
    for (const call of [
      provider.begin(bank, { returnTo: "http://localhost/" }, options),
      provider.finish(state, url ?? "", options),
      provider.end(connectionId ?? "", options),
      provider.reconfirm?.(connectionId ?? "", { returnTo: "http://localhost/" }, options),
    ]) {
      const error = await failureOf(Promise.resolve(call));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain(`Unknown option "${Object.keys(options)[0]}" in the call options`);
    }
  }
  expect(sandbox.requests).toHaveLength(before);
  await provider.end(connectionId ?? "", { timeout: 5000 });
});
