import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../support/folder.ts";
import { get, opened, response } from "./suite.ts";

const IBAN = "DE89370400440532013000";
const holdsIban = (folder: string) =>
  readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(IBAN));

/** Responses with an IBAN in them, large enough to fill pages, some of them replaced; an older version writes some. */
async function filled(cacheName: string) {
  const { cache, warnings } = opened({ cacheName });
  for (let at = 0; at < 60; at += 1)
    await cache.store(
      get(`/accounts/a${at % 25}/details/`),
      response({ iban: IBAN, at, filler: "x".repeat(at * 14) }),
    );
  await cache.store(get("/institutions/"), response("[]"));
  const older = new DatabaseSync(cacheName);
  older.exec("PRAGMA secure_delete = OFF");
  const add = older.prepare(
    "INSERT INTO answers (key, scope, path, status, headers, created_at, used_at, bytes, body) VALUES (?, 'scope-1', '/o/', 200, '{}', 1, 1, 900, ?)",
  );
  for (let at = 0; at < 40; at += 1) add.run(`older ${at}`, `${IBAN} `.repeat(at * 5));
  older.exec("DELETE FROM answers WHERE key LIKE 'older 1%'");
  older.close();
  return { cache, warnings };
}

it("clearing leaves no bank data in the file or its log, while the client is open and after", async () => {
  const folder = temporaryFolder();
  const { cache, warnings } = await filled(join(folder, "cache.sqlite"));
  await cache.records?.compareAndSet("count", undefined, "3");
  expect(holdsIban(folder)).not.toEqual([]);
  expect(await cache.viewFor(get).clear()).toBeGreaterThan(26);
  expect(holdsIban(folder)).toEqual([]);
  expect(statSync(join(folder, "cache.sqlite-wal")).size).toBe(0);
  expect(await cache.records?.get("count")).toBe("3");
  await cache.close();
  expect(holdsIban(folder)).toEqual([]);
  expect(warnings).toEqual([]);
});

it("deleting by path leaves no trace of what was deleted, and keeps the rest", async () => {
  const folder = temporaryFolder();
  const { cache } = await filled(join(folder, "cache.sqlite"));
  await cache.viewFor(get).delete({ match: "/accounts/*" });
  await cache.viewFor(get).delete({ match: "/o/" });
  expect(holdsIban(folder)).toEqual([]);
  expect(await cache.viewFor(get).count()).toBe(1);
  await cache.close();
});

it("clearing removes even responses that cannot be read", async () => {
  const folder = temporaryFolder();
  const cacheName = join(folder, "cache.sqlite");
  const { cache } = await filled(cacheName);
  const other = new DatabaseSync(cacheName);
  other.exec("UPDATE answers SET headers = '{' WHERE rowid % 2 = 0");
  other.close();
  await cache.viewFor(get).clear();
  expect(holdsIban(folder)).toEqual([]);
  await cache.close();
});

it("clearing logs a warning while another process keeps the deleted responses in the log", async () => {
  const folder = temporaryFolder();
  const cacheName = join(folder, "cache.sqlite");
  const { cache, warnings } = await filled(cacheName);
  const reader = new DatabaseSync(cacheName);
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM answers").get();
  await cache.viewFor(get).clear();
  expect(warnings).toEqual([expect.stringMatching(/may still be readable in the cache file/)]);
  reader.close();
  await cache.viewFor(get).clear();
  expect(holdsIban(folder)).toEqual([]);
  await cache.close();
}, 30_000);

it("clearing for one set of credentials keeps the responses of others in the file", async () => {
  const cacheName = join(temporaryFolder(), "cache.sqlite");
  const { cache } = await filled(cacheName);
  const other = opened({ cacheName }, "scope-2").cache;
  await other.store(get("/accounts/a/"), response("[9]"));
  await cache.viewFor(get).clear();
  expect((await other.find(get("/accounts/a/")))?.body).toBe("[9]");
  await other.close();
  await cache.close();
});
