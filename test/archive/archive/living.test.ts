import { mentions } from "bankdata-core/bank";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Archive,
  type ArchivedTransaction,
  type DoubtedRow,
  openArchive,
  type TransactionsObservation,
} from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { histories, keptRows, observationsOf, rowsOf } from "./histories.ts";
import { account, all } from "./observed.ts";

/** Something that is done to an archive. */
type Act =
  | { readonly act: "record"; readonly to: "a" | "b" }
  | { readonly act: "unite" }
  | { readonly act: "rederive" }
  | {
      readonly act: "decide";
      readonly verdict: "same" | "different" | "twin";
      readonly rows: [number, number];
    };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("record" as const),
      to: fc.constantFrom("a" as const, "b" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ act: "unite" as const }, { act: "rederive" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("decide" as const),
      verdict: fc.constantFrom("same" as const, "different" as const, "twin" as const),
      rows: fc.tuple(fc.nat(), fc.nat()),
    }),
  },
);

/** Someone who follows the archive, and knows it from its changes alone. */
class Follower {
  readonly known = new Map<string, ArchivedTransaction>();
  readonly #limit: number | undefined;
  #cursor: string | null = null;

  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  async catchUp(archive: Archive): Promise<void> {
    for (let more = true; more; ) {
      const changes = await archive.changes({ since: this.#cursor, limit: this.#limit });
      for (const one of changes.added) {
        expect(this.known.has(one.id), "added twice").toBe(false);
        this.known.set(one.id, one);
      }
      for (const { before, after } of changes.modified) {
        expect(visible(before)).toEqual(visible(this.known.get(before.id)));
        expect(after.id).toBe(before.id);
        this.known.set(after.id, after);
      }
      for (const { before, mergedInto } of changes.removed) {
        expect(visible(before)).toEqual(visible(this.known.get(before.id)));
        expect(mergedInto).not.toBe(null);
        this.known.delete(before.id);
      }
      this.#cursor = changes.cursor;
      more = changes.more;
    }
  }
}

/** What a change is told of. */
function visible(one: ArchivedTransaction | undefined) {
  if (one === undefined) return undefined;
  const {
    id,
    account: of,
    status,
    certain,
    date,
    amount,
    currency,
    bookingDate,
    valueDate,
    counterparty,
    text,
  } = one;
  return { id, of, status, certain, date, amount, currency, bookingDate, valueDate, counterparty, text };
}

function sorted(transactions: Iterable<ArchivedTransaction>) {
  return [...transactions].map(visible).sort((one, other) => ((one?.id ?? "") < (other?.id ?? "") ? -1 : 1));
}

/** Decides about two rows of an account, and sees that it is obeyed. */
async function decideAbout(
  archive: Archive,
  { verdict, rows }: Extract<Act, { act: "decide" }>,
): Promise<void> {
  const [owner] = await archive.accounts();
  const known: DoubtedRow[] = [];
  for (const { id } of owner === undefined ? [] : await all(archive.transactions({ account: owner.id })))
    for (const observation of await all(archive.observations(id)))
      known.push({ transaction: id, observation });
  const [one, other] = rows.map((at) => known[at % Math.max(1, known.length)]);
  if (one === undefined || other === undefined || one === other) return;
  await archive.decide([{ verdict, one, other }]);
  const holders = [one, other].map((row) => holderOf(archive, row));
  const [a, b] = await Promise.all(holders);
  expect(a === b, `${verdict} ${JSON.stringify([one, other])}`).toBe(verdict === "same");
  expect(await archive.transaction(one.transaction)).toBeDefined();
  expect(await archive.transaction(other.transaction)).toBeDefined();
}

/** Answers every doubt as the archive believes, which ends them. */
async function answerAll(archive: Archive): Promise<void> {
  for (let asked = 0; ; asked += 1) {
    const uncertain = await all(archive.transactions({ certain: false }));
    const doubts = await all(archive.doubts());
    expect(new Set(doubts.map(({ transaction }) => transaction.id))).toEqual(
      new Set(uncertain.map(({ id }) => id)),
    );
    const [doubt] = doubts;
    if (doubt === undefined) return;
    expect(asked, JSON.stringify(doubts)).toBeLessThan(40);
    await archive.decide([{ ...doubt, verdict: doubt.believed === "same" ? "same" : "twin" }]);
  }
}

/** The transaction that has a row now. */
async function holderOf(archive: Archive, { observation }: DoubtedRow): Promise<string | undefined> {
  const { run, status, position, observedAt } = observation;
  const time = observedAt.getTime();
  for (const { id } of await all(archive.transactions()))
    for (const seen of await all(archive.observations(id)))
      if (
        seen.run === run &&
        seen.status === status &&
        seen.position === position &&
        seen.observedAt.getTime() === time
      )
        return id;
  return undefined;
}

async function perform(
  archive: Archive,
  act: Act,
  next: () => TransactionsObservation | undefined,
): Promise<readonly TransactionsObservation[]> {
  if (act.act === "rederive") await archive.rederive();
  else if (act.act === "unite") {
    if ((await archive.accounts()).length === 2) await archive.sameAccount("a", "b");
  } else if (act.act === "decide") {
    await decideAbout(archive, act);
  } else {
    const observation = next();
    if (observation === undefined) return [];
    await archive.record(account(act.to, { identities: [] }), observation);
    return [observation];
  }
  return [];
}

it("whatever happens to an archive: no row is lost, ids lead somewhere, the index finds everything, and who follows the changes knows it all", async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(acts, { maxLength: 10 }),
      fc.integer({ min: 1, max: 3 }),
      async (history, plan, limit) => {
        await using archive = await openArchive({
          location: archiveLocation(),
          now: () => "2026-03-20T08:00:00Z",
        });
        const observations = observationsOf(history);
        const recorded: TransactionsObservation[] = [];
        const ids = new Set<string>();
        const followers = [new Follower(undefined), new Follower(limit), new Follower(1)];
        for (const [at, act] of plan.entries()) {
          recorded.push(...(await perform(archive, act, () => observations.shift())));
          expect(await keptRows(archive)).toEqual(rowsOf(recorded));
          const everything = await all(archive.transactions());
          for (const { id } of everything) ids.add(id);
          for (const id of ids) expect(await archive.transaction(id), id).toBeDefined();
          const found = await all(archive.transactions({ search: "kart" }));
          const wanted = everything.filter((one) =>
            mentions({ ...one, status: "booked", position: 0 }, "kart"),
          );
          expect(sorted(found)).toEqual(sorted(wanted));
          // Each of them looks at other moments.
          for (const [number, follower] of followers.entries()) {
            if (at % (number + 1) !== 0) continue;
            await follower.catchUp(archive);
            expect(sorted(follower.known.values())).toEqual(sorted(everything));
          }
        }
        await answerAll(archive);
        expect(await keptRows(archive)).toEqual(rowsOf(recorded));
        const late = new Follower(2);
        await late.catchUp(archive);
        expect(sorted(late.known.values())).toEqual(sorted(await all(archive.transactions())));
        await archive.rederive();
        const before = await all(archive.transactions());
        expect(await archive.rederive()).toMatchObject({ added: 0, modified: 0, removed: 0 });
        expect(await all(archive.transactions())).toEqual(before);
      },
    ),
    { numRuns: 40 },
  );
}, 240_000);
