// Other versions of what happened that fit everything the client has seen, told from its rows alone.
import type { JudgedRow, Quirk, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { UNSTABLE } from "./marks-by-rows.ts";
import type { WatchedAccount } from "./watched-account.ts";

const IDS = ["transactionId", "internalTransactionId", "entryReference"];

/** What one response showed of an entry: a row, or one in each list, or one that it repeats. */
interface Sight {
  rows: Omit<JudgedRow, "transaction">[];
  /** The list and the row without ids; the row in the list of booked ones if it was in both lists. */
  content: string;
  /** The ids by which a reader recognises it. */
  ids: string[];
}

/** What each response showed of one entry, by the index of the response. */
type Life = Map<number, Sight>;

/** How two lives meet between two responses; counted, so that a test can show that each kind was met. */
export type Meeting = "same" | "changed" | "began" | "ended" | "apart";

/** The lives that the sandbox showed. */
export function livesOf(
  account: WatchedAccount,
  truth: readonly TrueTransaction[],
  quirks: readonly Quirk[],
): Life[] {
  const unstable = new Set(quirks.flatMap((quirk) => UNSTABLE[quirk] ?? []));
  const at = new Map(account.responses.map((one, index) => [`${one.account} ${one.response}`, index]));
  return truth.flatMap(({ observed }) => {
    const life: Life = new Map();
    for (const { account: id, status, seen } of observed) {
      for (const { response, position } of seen) {
        const index = at.get(`${id} ${response}`) ?? -1;
        const row = { account: id, response, status, position };
        const known = life.get(index);
        if (known !== undefined && (known.rows[0]?.status === "booked" || status === "pending")) {
          known.rows.push(row);
          continue;
        }
        const payload = Object.entries(account.responses[index]?.[status][position] ?? {}).filter(
          ([name]) => status === "pending" || !unstable.has(name),
        );
        life.set(index, {
          rows: [...(known?.rows ?? []), row],
          content: `${status} ${JSON.stringify(payload.filter(([name]) => !IDS.includes(name)))}`,
          ids: payload.filter(([name]) => IDS.includes(name)).map((one) => JSON.stringify(one)),
        });
      }
    }
    return life.size === 0 ? [] : [new Map([...life].sort(([a], [b]) => a - b))];
  });
}

/** A life, divided before a response. */
interface Divided {
  life: Life;
  before: [number, Sight] | undefined;
  after: [number, Sight] | undefined;
}

function divided(life: Life, cut: number): Divided {
  let before: [number, Sight] | undefined;
  for (const one of life) {
    if (one[0] >= cut) return { life, before, after: one };
    before = one;
  }
  return { life, before, after: undefined };
}

const looks = (before: Sight, after: Sight) =>
  before.content === after.content && String(before.ids) === String(after.ids);

const isInBothLists = ({ rows }: Sight) => new Set(rows.map(({ status }) => status)).size > 1;

/** How two lives meet if nobody can know which of them goes on with which continuation; undefined if they do not. */
function meeting(one: Divided, other: Divided): Meeting | undefined {
  const [b1, b2, a1, a2] = [one.before, other.before, one.after, other.after];
  const wasSame = b1 !== undefined && b2 !== undefined && b1[1].content === b2[1].content && b1[0] === b2[0];
  const isSame = a1 !== undefined && a2 !== undefined && a1[1].content === a2[1].content;
  // Whatever follows is only a matter of names.
  if ((b1 === undefined && b2 === undefined) || (a1 === undefined && a2 === undefined)) return undefined;
  if (!wasSame && !isSame) return undefined;
  // A row that goes on unchanged, or that lingers beside another, is told by itself.
  const goesOn = (before: Sight | undefined, after: Sight | undefined) =>
    before !== undefined && after !== undefined && looks(before, after);
  const areSame = b1 !== undefined && b2 !== undefined && b1[0] === b2[0] && looks(b1[1], b2[1]);
  if (!areSame && (goesOn(b1?.[1], a1?.[1]) || goesOn(b2?.[1], a2?.[1]))) return undefined;
  if ([a1, a2].some((after) => after !== undefined && isInBothLists(after[1]))) return undefined;
  const cut = Math.min(a1?.[0] ?? Number.POSITIVE_INFINITY, a2?.[0] ?? Number.POSITIVE_INFINITY);
  const had = (life: Life) => new Set([...life].flatMap(([at, { ids }]) => (at < cut ? ids : [])));
  const [had1, had2] = [had(one.life), had(other.life)];
  const has = (life: Life) => [...life].flatMap(([at, { ids }]) => (at >= cut ? ids : []));
  const ids = [...has(one.life), ...has(other.life)];
  if (ids.some((id) => had1.has(id) !== had2.has(id))) return undefined;
  if (a1 === undefined || a2 === undefined) return "ended";
  if (b1 === undefined || b2 === undefined) return a1[0] === a2[0] ? "began" : "apart";
  if (a1[0] !== a2[0]) return "apart";
  return looks(b1[1], b2[1]) || looks(a1[1], a2[1]) ? "same" : "changed";
}

/** Exchanges what follows a cut. */
function exchange(one: Life, other: Life, cut: number): [Life, Life] {
  const part = (life: Life, isAfter: boolean) => [...life].filter(([at]) => at >= cut === isAfter);
  return [
    new Map([...part(one, false), ...part(other, true)]),
    new Map([...part(other, false), ...part(one, true)]),
  ];
}

/** What a program would decide that believes in another version, and how the lives met that it has exchanged. */
export function otherWorld(
  lives: readonly Life[],
  responses: number,
  draw: (below: number) => number,
  wanted: ReadonlySet<Meeting>,
): { rows: JudgedRow[]; met: Meeting[] } {
  const world = [...lives];
  const met: Meeting[] = [];
  for (let cut = 1; cut < responses; cut += 1) {
    const parts = world.map((life, index) => ({ ...divided(life, cut), index }));
    const buckets = [
      ...Map.groupBy(parts, ({ before }) => (before ? `${before[0]} ${before[1].content}` : "")),
      ...Map.groupBy(parts, ({ after }) => (after ? after[1].content : "")),
    ].filter(([key, { length }]) => key !== "" && length > 1);
    for (const [, bucket] of buckets) {
      const tries = Math.min(bucket.length - 1, 3);
      for (let attempt = 0; attempt < tries; attempt += 1) {
        const [x, y] = [bucket[draw(bucket.length)], bucket[draw(bucket.length)]];
        if (x === undefined || y === undefined || x.index === y.index) continue;
        // Two lives may have been exchanged at this cut already.
        const [one, other] = [divided(world[x.index] ?? x.life, cut), divided(world[y.index] ?? y.life, cut)];
        const how = meeting(one, other);
        if (how === undefined || !wanted.has(how)) continue;
        [world[x.index], world[y.index]] = exchange(one.life, other.life, cut);
        met.push(how);
      }
    }
  }
  const rows = world.flatMap((life, index) =>
    [...life.values()].flatMap((sight) => sight.rows.map((row) => ({ ...row, transaction: `${index}` }))),
  );
  return { rows, met };
}
