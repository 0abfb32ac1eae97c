import { expect } from "vitest";
import type { Observation, sandboxQuirks, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import type { Row, WatchedAccount } from "./watched-account.ts";

export type Quirk = (typeof sandboxQuirks)[number];

const IDS = ["transactionId", "internalTransactionId", "entryReference"];

/** The ids of booked entries that change with each response, or say only where an entry stands. */
const UNSTABLE: { readonly [quirk in Quirk]?: readonly string[] } = {
  numberedIds: ["transactionId", "internalTransactionId"],
  idsFromNewest: ["transactionId", "internalTransactionId"],
  changingIds: ["transactionId"],
  unstableInternalIds: ["internalTransactionId"],
};

/** A row that a response showed, as far as a reader can recognise an entry by it. */
interface Sight {
  content: string;
  ids: string[];
  form: Observation;
}

/** What each response showed of each entry: the row in the list of booked ones if it was in both. */
function sights(account: WatchedAccount, truth: readonly TrueTransaction[], quirks: readonly Quirk[]) {
  const unstable = new Set(quirks.flatMap((quirk) => UNSTABLE[quirk] ?? []));
  const all = account.responses.map(() => new Map<string, Sight[]>());
  const index = new Map(
    account.responses.map((one, at): [string, number] => [`${one.account} ${one.response}`, at]),
  );
  for (const { id, observed } of truth) {
    for (const form of observed) {
      for (const { response, position } of form.seen) {
        const at = index.get(`${form.account} ${response}`) ?? -1;
        const row: Row = account.responses[at]?.[form.status][position] ?? {};
        const stable = Object.entries(row).filter(
          ([name]) => form.status === "pending" || !unstable.has(name),
        );
        const ids = stable.filter(([name]) => IDS.includes(name)).map((one) => JSON.stringify(one));
        const content = `${form.status} ${JSON.stringify(stable.filter(([name]) => !IDS.includes(name)))}`;
        const shown = all[at]?.get(id) ?? [];
        const sight = { content, ids, form };
        all[at]?.set(id, form.status === "booked" ? [sight, ...shown] : [...shown, sight]);
      }
    }
  }
  return all;
}

/** For each form, the entries that it may continue, told from the rows that the client saw. */
function expectedMarks(
  account: WatchedAccount,
  truth: readonly TrueTransaction[],
  quirks: readonly Quirk[],
): Map<Observation, string[]> {
  const all = sights(account, truth, quirks);
  const marks = new Map<Observation, string[]>();
  const seen = new Set<Observation>();
  const last = new Map<string, Sight>();
  const had = new Map<string, Set<string>>();
  /** The index of the last response that showed an entry. */
  const lastAt = new Map<string, number>();
  const changes: { id: string; before: Sight; sight: Sight; at: number; known: ReadonlySet<string> }[] = [];
  for (const [at, shown] of all.entries()) {
    const changed = [...shown].flatMap(([id, [sight]]) => {
      const before = last.get(id);
      if (sight === undefined || seen.has(sight.form)) return [];
      const isSame = before?.content === sight.content && String(before.ids) === String(sight.ids);
      return isSame ? [] : [{ id, before, sight }];
    });
    for (const one of changed) {
      const others = changed.filter((other) => {
        // Of entries that begin, neither continues anything.
        if (other === one || (one.before === undefined && other.before === undefined)) return false;
        const contents = [one.before?.content, one.sight.content];
        if (
          ![other.before?.content, other.sight.content].some(
            (each) => each !== undefined && contents.includes(each),
          )
        )
          return false;
        const isKnown = (id: string, to: string) => had.get(to)?.has(id) === true;
        return [...one.sight.ids, ...other.sight.ids].every(
          (id) => isKnown(id, one.id) === isKnown(id, other.id),
        );
      });
      marks.set(
        one.sight.form,
        others.map(({ id }) => id),
      );
      const { before } = one;
      if (before === undefined) continue;
      changes.push({ ...one, before, at: lastAt.get(one.id) ?? -1, known: new Set(had.get(one.id)) });
    }
    for (const [id, [sight, ...others]] of shown) {
      if (sight !== undefined) last.set(id, sight);
      lastAt.set(id, at);
      for (const one of [sight, ...others]) {
        if (one === undefined) continue;
        seen.add(one.form);
        had.set(id, new Set([...(had.get(id) ?? []), ...one.ids]));
      }
    }
  }
  const ended = [...lastAt].filter(([, at]) => at < all.length - 1);
  for (const { id, before, sight, at, known } of changes) {
    for (const [other, otherAt] of ended) {
      if (other === id || otherAt !== at || last.get(other)?.content !== before.content) continue;
      if (sight.ids.some((one) => known.has(one) !== (had.get(other)?.has(one) ?? false))) continue;
      marks.set(sight.form, [...(marks.get(sight.form) ?? []), other]);
    }
  }
  return marks;
}

/** Checks all marks of the truth against the rows. Returns how many entries each form may continue. */
export function expectMarks(account: WatchedAccount, quirks: readonly Quirk[]): number[] {
  const truth = account.truth();
  const marks = expectedMarks(account, truth, quirks);
  const sizes: number[] = [];
  for (const { id, observed } of truth) {
    for (const form of observed) {
      expect(form.mayContinue.toSorted(), `${id} ${JSON.stringify(form)}`).toEqual(
        (marks.get(form) ?? []).toSorted(),
      );
      sizes.push(form.mayContinue.length);
    }
  }
  return sizes;
}

/** All forms of all entries, each with its entry and the form before it. */
export function formsOf(truth: readonly TrueTransaction[]) {
  return truth.flatMap(({ id, observed }) =>
    observed.map((form, at) => ({ id, form, before: observed[at - 1] })),
  );
}
