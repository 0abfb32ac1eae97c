import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { type Archive, openArchive } from "../../../packages/archive/src/index.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { archiveLocation } from "../location.ts";
import { account, all, response, transaction } from "./observed.ts";

async function emptyArchive(): Promise<Archive> {
  return await openArchive({
    location: archiveLocation(),
    now: () => "2026-03-01T08:00:00Z",
  });
}

const coffee = transaction({ amount: "-3.20", text: "Kaffee" });
const rent = transaction({ amount: "-900.00", text: "Miete", bookingDate: "2026-02-03" });
const salary = transaction({ amount: "2500.00", text: "Gehalt", bookingDate: "2026-02-28" });

const iban = (currency: string | null) =>
  [{ scheme: "iban", scope: null, value: "DE02120300000000202051", currency }] as const;

it("continues the history of an account that was connected again under another handle", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("first"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  await archive.record(account("second"), response("2026-02-22T08:00:00Z", [coffee, rent]));
  expect(await archive.accounts()).toMatchObject([{ handles: [{ handle: "second" }, { handle: "first" }] }]);
  for (const name of ["first", "second", (await archive.accounts())[0]?.id ?? ""]) {
    expect(await all(archive.transactions({ account: name }))).toHaveLength(2);
  }
});

it("keeps two currencies of one IBAN apart", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("euro"), response("2026-02-21T08:00:00Z", [coffee]));
  const dollars = account("dollar", { identities: [...iban("USD")], currency: "USD" });
  await archive.record(dollars, response("2026-02-21T08:00:00Z", [{ ...coffee, currency: "USD" }]));
  expect((await archive.accounts()).map(({ currency }) => currency)).toEqual(["EUR", "USD"]);
});

it("takes the currency of the entries for that of an account whose currency is unknown", async () => {
  await using archive = await emptyArchive();
  const unknown = (handle: string) => account(handle, { identities: [...iban(null)], currency: null });
  await archive.record(unknown("first"), response("2026-02-21T08:00:00Z", [coffee]));
  await archive.record(unknown("second"), response("2026-02-22T08:00:00Z", [coffee]));
  await archive.record(unknown("third"), response("2026-02-22T08:00:00Z", [{ ...coffee, currency: "USD" }]));
  expect((await archive.accounts()).map(({ currency, handles }) => [currency, handles.length])).toEqual([
    ["EUR", 2],
    ["USD", 1],
  ]);
});

it("makes one account of two as soon as the bank tells that they are one, with every transaction once and under its id", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("first"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  const before = await all(archive.transactions());
  const nameless = account("second", { identities: [] });
  await archive.record(nameless, response("2026-02-22T08:00:00Z", [coffee, rent]));
  await archive.record(nameless, response("2026-03-01T08:00:00Z", [salary, coffee, rent]));
  expect(await archive.accounts()).toHaveLength(2);
  const doubled = await all(archive.transactions({ account: "second" }));
  await archive.recordAccount(account("second"), new Date("2026-03-01T08:00:00Z"));
  expect(await archive.accounts()).toHaveLength(1);
  const after = await all(archive.transactions());
  expect(after.map(({ text }) => text)).toEqual(["Miete", "Kaffee", "Gehalt"]);
  expect(after.slice(0, 2)).toEqual(before);
  expect(await all(archive.observations(before[0]?.id ?? ""))).toHaveLength(3);
  for (const { id, text } of doubled) {
    expect((await all(archive.observations(id))).map((one) => one.text)).toContain(text);
  }
});

it("makes one account of two if the user says so, and reads both histories in the order of time", async () => {
  await using archive = await emptyArchive();
  const [one, two] = [account("one", { identities: [] }), account("two", { identities: [] })];
  await archive.record(two, response("2026-02-22T08:00:00Z", [coffee, rent]));
  await archive.record(one, response("2026-02-21T08:00:00Z", [rent]));
  await archive.record(one, response("2026-03-01T08:00:00Z", [salary, coffee, rent]));
  const { account: united } = await archive.sameAccount("one", "two");
  expect((await archive.accounts()).map(({ id }) => id)).toEqual([united]);
  const kept = await all(archive.transactions({ account: "two" }));
  expect(kept.map(({ text, account: of }) => [text, of])).toEqual([
    ["Miete", united],
    ["Kaffee", united],
    ["Gehalt", united],
  ]);
  const seen = await all(archive.observations(kept[0]?.id ?? ""));
  expect(seen.map(({ observedAt, position }) => [observedAt.getUTCDate(), position])).toEqual([
    [21, 0],
    [22, 1],
    [1, 2],
  ]);
});

it("transactions that are being read stay as they were when the first one was, whatever is written meanwhile", async () => {
  const location = archiveLocation();
  await using reader = await openArchive({ location });
  await using writer = await openArchive({ location });
  const many = Array.from({ length: 700 }, (_, at) => transaction({ amount: `-${at + 1}.00` }));
  for (const handle of ["one", "two"])
    await writer.record(account(handle, { identities: [] }), response("2026-02-21T08:00:00Z", many));
  const before = await all(reader.transactions());
  const seen = [];
  for await (const one of reader.transactions()) {
    seen.push(one);
    if (seen.length === 1) await writer.sameAccount("one", "two");
  }
  expect(seen).toEqual(before);
  expect(seen).toHaveLength(1400);
  expect(await all(reader.transactions())).toHaveLength(700);
});

it("forgets what it read of two accounts that could not be made one after all", async () => {
  const location = `${temporaryFolder()}/archive.sqlite`;
  await using archive = await openArchive({ location });
  for (const handle of ["one", "two"]) {
    const nameless = account(handle, { identities: [] });
    await archive.record(nameless, response("2026-02-21T08:00:00Z", [coffee, rent]));
    await archive.record(nameless, response("2026-02-22T08:00:00Z", [rent]));
  }
  const database = new DatabaseSync(location);
  database.exec("create trigger failing before delete on account begin select raise(abort, 'no'); end");
  await expect(archive.sameAccount("one", "two")).rejects.toThrow();
  database.exec("drop trigger failing");
  database.close();
  await archive.record(account("three"), response("2026-02-22T08:00:00Z", [salary]));
  const kept = await all(archive.transactions({ account: "three" }));
  expect(kept.map(({ text }) => text)).toEqual(["Gehalt"]);
  expect(await all(archive.observations(kept[0]?.id ?? ""))).toMatchObject([{ text: "Gehalt", position: 0 }]);
});

it("takes the currency of the entries only if the account's is unknown", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [coffee]));
  const unknown = account("a", { identities: [...iban(null)], currency: null });
  await archive.record(unknown, response("2026-02-22T08:00:00Z", [{ ...salary, currency: "USD" }]));
  expect(await archive.accounts()).toMatchObject([{ currency: "EUR", identities: iban("EUR") }]);
});

it("recognises an account that was made of two by the identity under which it was read last", async () => {
  await using archive = await emptyArchive();
  const card = (handle: string, value: string) =>
    account(handle, { identities: [{ scheme: "card", scope: "BANK", value, currency: "EUR" }] });
  await archive.record(card("old", "1111"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  await archive.record(card("new", "2222"), response("2026-02-22T08:00:00Z", [coffee, rent]));
  await archive.sameAccount("old", "new");
  await archive.record(card("newer", "2222"), response("2026-02-23T08:00:00Z", [salary, coffee, rent]));
  expect((await archive.accounts()).map(({ identities }) => identities.map(({ value }) => value))).toEqual([
    ["2222", "1111"],
  ]);
  expect(await all(archive.transactions({ account: "newer" }))).toHaveLength(3);
});

it("says which account is not in the archive", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("one"), response("2026-02-22T08:00:00Z", [coffee]));
  await expect(archive.sameAccount("one", "none")).rejects.toThrow(
    "No account of the archive has the id or handle none.",
  );
  expect(await all(archive.transactions({ account: "none" }))).toEqual([]);
});

it("keeps what is known of an account if a later source knows less", async () => {
  await using archive = await emptyArchive();
  const known = account("a", { bankId: "N26_NTSBDEB1", holder: "Ada", label: "Main", detailed: true });
  await archive.recordAccount(known, new Date("2026-02-21T08:00:00Z"));
  await archive.recordAccount(
    account("a", { identities: [], currency: null }),
    new Date("2026-02-22T08:00:00Z"),
  );
  expect(await archive.accounts()).toMatchObject([
    {
      bankId: "N26_NTSBDEB1",
      holder: "Ada",
      label: "Main",
      currency: "EUR",
      identities: iban("EUR"),
      describedAt: new Date("2026-02-21T08:00:00Z"),
      lastRun: null,
    },
  ]);
});
