import type {
  Archive,
  ArchivedAccount,
  ArchivedRun,
  Recorded,
  SourceAccount,
  TransactionsObservation,
} from "../../../packages/archive/src/archive/index.ts";
import { type Connection, compareAccounts } from "../../../packages/core/src/bank/index.ts";

/** An account of the stand-in. */
interface Kept {
  account: ArchivedAccount;
  runs: TransactionsObservation[];
  contents: Set<string>;
}

/** An archive in memory, which recognises equal entries and nothing else. */
export function standIn() {
  const all: Kept[] = [];
  const connections: Connection[] = [];
  let failure: Error | undefined;

  const keptOf = (source: SourceAccount, seenAt: Date): Kept => {
    if (failure !== undefined) throw failure;
    const { provider, handle, identities } = source;
    const isIts = ({ account }: Kept) =>
      account.handles.some((one) => one.handle === handle) ||
      compareAccounts(account, { identities }) === "same";
    const known = all.find(isIts);
    const handles = known?.account.handles ?? [];
    const account: ArchivedAccount = {
      ...{ id: `account-${all.length + 1}`, describedAt: null, lastRun: null, firstDate: null },
      ...{
        lastBalancesAt: null,
        bankId: null,
        iban: null,
        label: null,
        holder: null,
        product: null,
        kind: null,
      },
      ...known?.account,
      identities,
      currency: source.currency ?? known?.account.currency ?? null,
      handles:
        handle === null || handles.some((one) => one.handle === handle)
          ? handles
          : [...handles, { provider, handle, lastSeenAt: seenAt }],
    };
    if (known !== undefined) {
      known.account = account;
      return known;
    }
    const created = { account, runs: [], contents: new Set<string>() };
    all.push(created);
    return created;
  };

  const archive: Archive = {
    async record(source, observation): Promise<Recorded> {
      const kept = keptOf(source, observation.observedAt);
      const none = { booked: 0, changed: 0, vanished: 0, retracted: 0, uncertain: 0 };
      const newest = kept.runs[0]?.observedAt ?? null;
      if (observation.origin === "cached" && newest !== null && newest >= observation.observedAt)
        return { account: kept.account.id, recorded: false, run: null, added: 0, unreadable: 0, ...none };
      kept.runs.unshift(observation);
      const fresh = observation.items
        .map(({ raw }) => JSON.stringify(raw))
        .filter((one) => !kept.contents.has(one));
      for (const one of fresh) kept.contents.add(one);
      kept.account = { ...kept.account, lastRun: observation };
      return {
        ...{ account: kept.account.id, recorded: true, run: kept.runs.length },
        ...{ added: fresh.length, unreadable: observation.unreadable.length, ...none },
      };
    },
    async recordBalances(source, { observedAt }) {
      const kept = keptOf(source, observedAt);
      kept.account = { ...kept.account, lastBalancesAt: observedAt };
      return { account: kept.account.id };
    },
    async recordAccount(source, observedAt) {
      const kept = keptOf(source, observedAt);
      kept.account = { ...kept.account, describedAt: observedAt };
      return { account: kept.account.id };
    },
    async recordConnections(_, seen) {
      connections.splice(0, connections.length, ...seen);
    },
    async accounts() {
      return all.map(({ account }) => account);
    },
    async *runs(account): AsyncIterableIterator<ArchivedRun> {
      yield* all.find((one) => one.account.id === account)?.runs ?? [];
    },
    async close() {},
    async [Symbol.asyncDispose]() {},
  };
  return {
    archive,
    connections,
    /** What was recorded, by account, the newest first. */
    runs: () => all.map(({ runs }) => runs),
    /** From now on nothing can be recorded. */
    fail: (error: Error) => {
      failure = error;
    },
  };
}
