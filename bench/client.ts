import { compare, type Measure } from "./measure.ts";
import { type Rounds, timeInProcesses, type Way } from "./processes.ts";
import type { ClientSetup } from "./ways/client.ts";

/** The numbers of turns and calls for responses of this many entries; compiled code is warm after some 2,000 calls. */
function roundsFor(entries: number): Rounds {
  if (entries >= 10_000) return { rounds: 40, warmUp: 12, calls: 1 };
  if (entries >= 1000) return { rounds: 80, warmUp: 30, calls: 3 };
  return { rounds: 80, warmUp: 200, calls: 10 };
}

function client(setup: ClientSetup): Way {
  return { module: "client.ts", setup };
}

function name(what: string, entries: number): string {
  return `${what}, ${entries.toLocaleString("en")} ${entries === 1 ? "entry" : "entries"}`;
}

/** An account is requested a few times a day at most, so that calls are spread over many accounts. */
const ACCOUNTS = 250;

/** (a) A cached response, read again or for the first time, against only reading its row from SQLite and JSON.parse. */
export async function cachedHit(baseUrl: string): Promise<Measure[]> {
  const measures: Measure[] = [];
  // A client remembers what it has read; so many accounts that it has forgotten each when its turn comes again.
  for (const [entries, accounts, goal] of [
    [100, 150, 1.8],
    [1000, 15, 1.35],
  ] as const) {
    const ways = {
      again: client({ baseUrl, entries, cache: "hit" }),
      first: client({ baseUrl, entries, cache: "hit", accounts }),
      floor: { module: "row.ts", setup: { baseUrl, entries } },
    };
    const { again, first, floor } = await timeInProcesses(ways, { ...roundsFor(entries), calls: 10 });
    const against = "SQLite row + JSON.parse";
    measures.push(
      compare(name("(a) cached", entries), again.time, against, floor.time, goal),
      compare(name("(a) the same, first read", entries), first.time, against, floor.time, null),
    );
  }
  return measures;
}

/** (b) A response without the cache, against nordigen-node, and against only fetch and JSON.parse. */
export async function uncached(baseUrl: string): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const [entries, goals] of [
    [1, { nordigen: 1, floor: null }],
    [100, { nordigen: 1, floor: null }],
    [1000, { nordigen: 1.1, floor: 1.1 }],
    [10_000, { nordigen: 1.26, floor: 1.15 }],
  ] as const) {
    const ways = {
      ours: client({ baseUrl, entries, cache: "none", accounts: ACCOUNTS }),
      floor: { module: "floor.ts", setup: { baseUrl, entries } },
      nordigen: { module: "nordigen.ts", setup: { baseUrl, entries } },
    };
    const { ours, floor, nordigen } = await timeInProcesses(ways, roundsFor(entries));
    const what = name("(b) not cached", entries);
    measures.push(
      compare(what, ours.time, "nordigen-node 1.4.1", nordigen.time, goals.nordigen),
      compare(what, ours.time, "fetch + JSON.parse", floor.time, goals.floor),
    );
  }
  return measures;
}

/** (c) A response that is stored in the cache file, by a client with default options, against one without a cache. */
export async function storedMiss(baseUrl: string): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const [entries, goal] of [
    [1, null],
    [100, null],
    [1000, 1.5],
  ] as const) {
    const ways = {
      stored: client({ baseUrl, entries, cache: "miss", quota: true }),
      uncached: client({ baseUrl, entries, cache: "none", accounts: ACCOUNTS }),
    };
    const { stored, uncached } = await timeInProcesses(ways, roundsFor(entries));
    measures.push(compare(name("(c) stored", entries), stored.time, "not cached", uncached.time, goal));
  }
  return measures;
}

/** How often the peak of memory is measured, each time in new processes. */
const PEAKS = 3;

/** (d) The most memory that a process takes for a long response, against nordigen-node. */
export async function peakMemory(baseUrl: string): Promise<Measure[]> {
  const entries = 100_000;
  const ways = {
    ours: client({ baseUrl, entries, cache: "none", accounts: ACCOUNTS }),
    nordigen: { module: "nordigen.ts", setup: { baseUrl, entries } },
  };
  const peaks = { ours: 0, nordigen: 0 };
  for (let nth = 0; nth < PEAKS; nth += 1) {
    const { ours, nordigen } = await timeInProcesses(ways, { rounds: 4, warmUp: 0, calls: 1 });
    peaks.ours += ours.peak / PEAKS;
    peaks.nordigen += nordigen.peak / PEAKS;
  }
  const what = name("(d) peak memory", entries);
  return [compare(what, peaks.ours, "nordigen-node 1.4.1", peaks.nordigen, 1, "MB")];
}

/** (e) All 50 accounts from a server that takes 50 ms for each response, against one such response. */
export async function allAccounts(baseUrl: string): Promise<Measure[]> {
  const ways = {
    ours: { module: "all-accounts.ts", setup: { baseUrl } },
    trip: { module: "round-trip.ts", setup: { baseUrl } },
  };
  const { ours, trip } = await timeInProcesses(ways, { rounds: 8, warmUp: 2, calls: 1 });
  return [compare("(e) getAllAccounts, 50 accounts", ours.time, "one round trip", trip.time, 8)];
}
