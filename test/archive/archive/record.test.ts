import { expect, it } from "vitest";
import { type Archive, openArchive } from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { account, all, response, transaction } from "./observed.ts";

async function emptyArchive(): Promise<Archive> {
  return await openArchive({
    location: archiveLocation(),
    now: () => "2026-03-01T08:00:00Z",
  });
}

const coffee = transaction({ amount: "-3.20", counterparty: "Café Zoë", text: "Kaffee" });
const rent = transaction({
  amount: "-900.00",
  counterparty: "Hausverwaltung",
  text: "Miete",
  bookingDate: "2026-02-03",
});

it("keeps each transaction once, however often the bank shows it", async () => {
  await using archive = await emptyArchive();
  const first = await archive.record(account("a"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  const second = await archive.record(account("a"), response("2026-02-22T08:00:00Z", [coffee, rent]));
  expect([first, second]).toMatchObject([
    { recorded: true, added: 2, changed: 0 },
    { recorded: true, added: 0, changed: 0 },
  ]);
  const kept = await all(archive.transactions());
  expect(kept.map(({ amount, date, status, certain }) => ({ amount, date, status, certain }))).toEqual([
    { amount: "-900.00", date: "2026-02-03", status: "booked", certain: true },
    { amount: "-3.20", date: "2026-02-20", status: "booked", certain: true },
  ]);
  for (const { id } of kept) expect(id).toMatch(/^[0-9a-z]{26}$/);
});

it("tells when and where the bank showed a transaction, and every word that it said", async () => {
  await using archive = await emptyArchive();
  const raw = { transactionAmount: { amount: "-3.20", currency: "EUR" }, odd: ["\u0000", "\ud800", 1, null] };
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [{ ...coffee, raw }]));
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", [rent, { ...coffee, raw }]));
  const [, { id = "" } = {}] = await all(archive.transactions());
  const seen = await all(archive.observations(id));
  expect(
    seen.map(({ observedAt, status, position }) => [observedAt.toISOString(), status, position]),
  ).toEqual([
    ["2026-02-21T08:00:00.000Z", "booked", 0],
    ["2026-02-22T08:00:00.000Z", "booked", 1],
  ]);
  expect(seen.map((one) => one.raw)).toEqual([raw, raw]);
});

it("keeps rows that cannot be read, and counts them in the positions of others", async () => {
  await using archive = await emptyArchive();
  const unreadable = [
    { status: "booked" as const, position: 0, reason: "no amount", raw: { bookingDate: "2026-02-20" } },
  ];
  const recorded = await archive.record(
    account("a"),
    response("2026-02-21T08:00:00Z", [], { items: [{ ...coffee, position: 1 }], unreadable }),
  );
  expect(recorded).toMatchObject({ added: 1, unreadable: 1 });
  const [{ id = "" } = {}] = await all(archive.transactions());
  expect(await all(archive.observations(id))).toMatchObject([{ position: 1, raw: coffee.raw }]);
});

it("keeps two payments that look exactly alike, and shows each where it stood", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [coffee, rent, coffee]));
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", [coffee, coffee, rent]));
  const kept = await all(archive.transactions());
  const positions = [];
  for (const { id, text } of kept)
    positions.push([text, (await all(archive.observations(id))).map((one) => one.position)]);
  expect(positions).toEqual([
    ["Miete", [1, 2]],
    ["Kaffee", [0, 0]],
    ["Kaffee", [2, 1]],
  ]);
});

it("makes one of an old entry that a response shows once more, if a later response shows it once again", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("a"), response("2026-02-28T08:00:00Z", [coffee, rent]));
  const second = await archive.record(account("a"), response("2026-03-01T08:00:00Z", [coffee, coffee, rent]));
  expect(second).toMatchObject({ added: 1, uncertain: 1 });
  const doubtful = (await all(archive.transactions())).find(({ certain }) => !certain);
  await archive.record(account("a"), response("2026-03-02T08:00:00Z", [coffee, rent]));
  const kept = await all(archive.transactions());
  expect(kept.map(({ text, certain }) => [text, certain])).toEqual([
    ["Miete", true],
    ["Kaffee", true],
  ]);
  const seen = await all(archive.observations(doubtful?.id ?? ""));
  expect(seen.map(({ observedAt, position }) => [observedAt.getUTCDate(), position])).toEqual([
    [28, 0],
    [1, 0],
    [1, 1],
    [2, 0],
  ]);
});

it("keeps a second payment that the bank tells late, and is certain of it after three responses", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("a"), response("2026-02-28T08:00:00Z", [coffee]));
  const certain = [];
  for (const day of [1, 2, 3, 4]) {
    await archive.record(account("a"), response(`2026-03-0${day}T08:00:00Z`, [coffee, coffee]));
    certain.push((await all(archive.transactions())).map((one) => one.certain));
  }
  expect(certain).toEqual([
    [true, false],
    [true, false],
    [true, true],
    [true, true],
  ]);
});

it("keeps amounts of any size exactly as the bank wrote them", async () => {
  await using archive = await emptyArchive();
  const amounts = ["-123456789012345678.90", "0.000000000000000001", "9007199254740993", "-0.10", "12"];
  const rows = amounts.map((amount) => transaction({ amount }));
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", rows));
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", rows));
  expect((await all(archive.transactions())).map(({ amount }) => amount)).toEqual(amounts);
});

it("dates a transaction without any date by the day on which it was first seen", async () => {
  await using archive = await emptyArchive();
  const undated = transaction({ bookingDate: null, valueDate: null });
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [undated]));
  await archive.record(account("a"), response("2026-02-24T08:00:00Z", [undated]));
  expect(await all(archive.transactions())).toMatchObject([{ date: "2026-02-21", bookingDate: null }]);
});

it("records a cached response as of when the bank sent it, and only if nothing as young is there", async () => {
  await using archive = await emptyArchive();
  const cached = (at: string) => response(at, [coffee], { origin: "cached" });
  expect(await archive.record(account("a"), cached("2026-02-21T08:00:00Z"))).toMatchObject({
    recorded: true,
    added: 1,
  });
  expect(await archive.record(account("a"), cached("2026-02-21T08:00:00Z"))).toMatchObject({
    recorded: false,
    added: 0,
  });
  expect(await archive.record(account("a"), cached("2026-02-20T08:00:00Z"))).toMatchObject({
    recorded: false,
  });
  expect(await archive.record(account("a"), cached("2026-02-22T08:00:00Z"))).toMatchObject({
    recorded: true,
    added: 0,
  });
  const [{ id = "" } = {}] = await all(archive.transactions());
  const seen = await all(archive.observations(id));
  expect(seen.map(({ observedAt }) => observedAt.toISOString())).toEqual([
    "2026-02-21T08:00:00.000Z",
    "2026-02-22T08:00:00.000Z",
  ]);
});

it("keeps the order in which responses came if the clock jumps back", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", [coffee]));
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  const [, { id = "" } = {}] = await all(archive.transactions());
  const seen = await all(archive.observations(id));
  expect(seen.map(({ observedAt }) => observedAt.getUTCDate())).toEqual([22, 21]);
});

it("still knows everything after it was closed and opened again", async () => {
  const location = archiveLocation();
  await using first = await openArchive({ location });
  await first.record(account("a"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  const before = await all(first.transactions());
  await first.close();
  await using second = await openArchive({ location });
  expect(await all(second.transactions())).toEqual(before);
  expect(await second.record(account("a"), response("2026-02-22T08:00:00Z", [rent, coffee]))).toMatchObject({
    added: 0,
  });
});

it("keeps the accounts of two owners of one database apart", async () => {
  const location = archiveLocation();
  await using mine = await openArchive({ location, tenant: "mine" });
  await using yours = await openArchive({ location, tenant: "yours" });
  await mine.record(account("a"), response("2026-02-21T08:00:00Z", [coffee]));
  await yours.record(account("a"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  const [{ id = "" } = {}] = await all(mine.transactions());
  expect(
    [await all(mine.transactions()), await all(yours.transactions())].map(({ length }) => length),
  ).toEqual([1, 2]);
  expect(await all(yours.observations(id))).toEqual([]);
  expect(await all(yours.transactions({ account: (await mine.accounts())[0]?.id ?? "" }))).toEqual([]);
});
