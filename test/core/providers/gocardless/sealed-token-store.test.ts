import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type ClientOptions,
  clientSettingsFrom,
} from "../../../../packages/core/src/providers/gocardless/client-options.ts";
import { SealedTokenStore } from "../../../../packages/core/src/providers/gocardless/sealed-token-store.ts";
import type { StoredToken } from "../../../../packages/core/src/providers/gocardless/token-store.ts";
import { type KeyValueStore, MemoryKeyValueStore } from "../../../../packages/core/src/store/kv.ts";
import { OpenRecords } from "../../../support/open-records.ts";
import { Requests } from "../../../support/requests.ts";
import { type Service, startService } from "../../../support/service.ts";

const credentials = { baseUrl: "https://a.example/api", secretId: "id", secretKey: "key" };
const token: StoredToken = {
  access: "very-secret-access",
  accessExpiresAt: 1,
  refresh: "very-secret-refresh",
  refreshExpiresAt: 2,
};

describe("a sealed token", () => {
  it("a sealed token opens with the same credentials, and contains nothing readable", async () => {
    const records = new OpenRecords();
    await new SealedTokenStore(records, credentials).save("k", token);
    expect(await new SealedTokenStore(records, credentials).load("k")).toEqual(token);
    const text = JSON.stringify([...records.kept]);
    for (const secret of [
      "very-secret",
      "a.example",
      Buffer.from("very-secret").toString("base64").slice(0, 12),
    ])
      expect(text).not.toContain(secret);
  });

  it.each(["baseUrl", "secretId", "secretKey"] as const)("a sealed token needs the same %s", async (part) => {
    const records = new OpenRecords();
    await new SealedTokenStore(records, credentials).save("k", token);
    const others = new SealedTokenStore(records, { ...credentials, [part]: "other" });
    expect(await others.load("k")).toBeUndefined();
  });

  it("a sealed token does not open if it was changed, truncated, or moved to another name", async () => {
    const records = new OpenRecords();
    const store = new SealedTokenStore(records, credentials);
    await store.save("k", token);
    const [[name = "", text = ""] = []] = [...records.kept];
    const sealed = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    const changes = ["", "{}", "null", text.slice(0, -20), JSON.stringify({ ...sealed, format: 2 })];
    for (const part of ["iv", "tag", "data"]) {
      const bytes = Buffer.from(String(sealed[part]), "base64");
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      changes.push(JSON.stringify({ ...sealed, [part]: bytes.toString("base64") }));
      changes.push(JSON.stringify({ ...sealed, [part]: "" }));
    }
    for (const changed of changes) {
      records.kept.set(name, changed);
      expect(await store.load("k")).toBeUndefined();
    }
    await store.save("other", token);
    const moved = [...records.kept].find(([other]) => other !== name)?.[1] ?? "";
    records.kept.set(name, moved);
    expect(await store.load("k")).toBeUndefined();
    await store.save("k", token);
    expect(await store.load("k")).toEqual(token);
  });

  it("the same token is sealed as another text each time", async () => {
    const records = new OpenRecords();
    const store = new SealedTokenStore(records, credentials);
    await store.save("k", token);
    const [first] = [...records.kept.values()];
    await store.save("k", token);
    expect([...records.kept.values()][0]).not.toBe(first);
  });
});

describe("clients that share lasting records", () => {
  const balances = (transport: Requests) =>
    transport.request({ method: "GET", path: "/accounts/a/", query: [] }, z.unknown());
  const answering = () =>
    startService((request) => (request.path.startsWith("/token/") ? undefined : { body: {} }));
  const minted = (service: Service) => service.received.filter((one) => one.path === "/token/new/").length;

  function transportOn(
    records: KeyValueStore | undefined,
    baseUrl: string,
    options: Partial<ClientOptions> = {},
  ) {
    const settings = clientSettingsFrom({ secretId: "id", secretKey: "key", baseUrl, ...options });
    return new Requests(settings, undefined, records);
  }

  it("clients that start at once create one token", async () => {
    await using service = await answering();
    const records = new MemoryKeyValueStore();
    await Promise.all(Array.from({ length: 8 }, () => balances(transportOn(records, service.baseUrl))));
    expect(minted(service)).toBe(1);
    await balances(transportOn(records, service.baseUrl));
    expect(minted(service)).toBe(1);
  });

  it("clients with different credentials create one token each", async () => {
    await using service = await answering();
    const records = new MemoryKeyValueStore();
    await balances(transportOn(records, service.baseUrl));
    await balances(transportOn(records, service.baseUrl, { secretKey: "other" }));
    expect(minted(service)).toBe(2);
  });

  it("nothing is stored with the cache if a token store is given", async () => {
    await using service = await answering();
    const records = new OpenRecords();
    const saved: string[] = [];
    const tokenStore = { load: async () => undefined, save: async (key: string) => void saved.push(key) };
    await balances(transportOn(records, service.baseUrl, { tokenStore }));
    expect(saved).toHaveLength(1);
    expect([...records.kept.keys()].filter((key) => key.startsWith("token:"))).toEqual([]);
  });

  it("clients renew a rejected token once together", async () => {
    let refuse = true;
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      const refused = refuse && request.headers.authorization === "Bearer access-1";
      return refused ? { status: 401, body: { summary: "Invalid token" } } : { body: {} };
    });
    refuse = false;
    const records = new MemoryKeyValueStore();
    const transports = Array.from({ length: 4 }, () => transportOn(records, service.baseUrl));
    for (const transport of transports) await balances(transport);
    refuse = true;
    await Promise.all(transports.map(balances));
    expect(service.received.filter((one) => one.path === "/token/refresh/")).toHaveLength(1);
    expect(minted(service)).toBe(1);
  });
});
