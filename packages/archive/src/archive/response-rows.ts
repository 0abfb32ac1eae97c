import { type Coverage, entryDate, type TransactionStatus } from "bankdata-core/bank";
import { dateOf } from "bankdata-core/base";
import type { Entry, Row } from "../identity/index.ts";
import { type Listing, type ListName, placeOfList } from "./listing.ts";
import { type EncodedPayload, encodePayload, isUnreadable, type Payload } from "./payload.ts";

/** A row of a response, readable or not, and where it stood. */
export interface PlacedRow {
  readonly list: ListName;
  readonly position: number;
  readonly payload: Payload;
  readonly encoded: Pick<EncodedPayload, "digest">;
}

/** A row that is to be stored. */
export interface SentRow extends PlacedRow {
  readonly encoded: EncodedPayload;
}

/** What is recorded: where the response came from, and what it said. */
export interface SentResponse {
  readonly provider: string;
  readonly handle: string | null;
  /** In milliseconds since 1970. */
  readonly observedAt: number;
  readonly coverage: Coverage;
  readonly rows: readonly SentRow[];
}

/** A row with its payload as it is stored. */
export function sentRow(list: ListName, position: number, payload: Payload): SentRow {
  return { list, position, payload, encoded: encodePayload(payload) };
}

/** The rows that can be read, for identity: list by list, in the order of their places, however they are read later. */
export function readableRows(rows: readonly PlacedRow[]): Row[] {
  return rows
    .flatMap(({ list, position, payload, encoded }): Row[] =>
      list === "unknown" || isUnreadable(payload)
        ? []
        : [{ status: list, position, entry: payload, content: encoded.digest }],
    )
    .sort((a, b) => placeOfList(a.status) - placeOfList(b.status) || a.position - b.position);
}

/** What a row is known by: it stood in this list, with this payload, as the `ordinal`th of equal ones. */
export interface RowKey {
  readonly payload: number;
  readonly list: TransactionStatus;
  readonly ordinal: number;
}

/** A row key as one text, for maps. */
export function rowKeyText({ payload, list, ordinal }: RowKey): string {
  return `${payload} ${list} ${ordinal}`;
}

/** The key of each row, in their order: equal rows are counted in the order of their positions. */
export function rowKeys(rows: readonly Row[], payloadKeys: ReadonlyMap<string, number>): RowKey[] {
  const keys: RowKey[] = [];
  const counts = new Map<string, number>();
  const inOrder = [...rows.keys()].sort((a, b) => (rows[a]?.position ?? 0) - (rows[b]?.position ?? 0));
  for (const at of inOrder) {
    const row = rows[at];
    const payload = row === undefined ? undefined : payloadKeys.get(row.content);
    if (row === undefined || payload === undefined) throw new Error("A row has no stored payload.");
    const same = `${payload} ${row.status}`;
    const ordinal = counts.get(same) ?? 0;
    counts.set(same, ordinal + 1);
    keys[at] = { payload, list: row.status, ordinal };
  }
  return keys;
}

/** Which payload stood where. */
export function listingOf(rows: readonly SentRow[], payloadKeys: ReadonlyMap<string, number>): Listing {
  const listing = new Map<ListName, number[]>();
  for (const { list, position, encoded } of rows) {
    const keys = listing.get(list) ?? [];
    listing.set(list, keys);
    while (keys.length < position) keys.push(0);
    keys[position] = payloadKeys.get(encoded.digest) ?? 0;
  }
  return listing;
}

/** The first date that a response covers or shows, `YYYY-MM-DD`. */
export function firstDateOf({
  observedAt,
  coverage,
  rows,
}: Pick<SentResponse, "observedAt" | "coverage"> & { rows: readonly PlacedRow[] }): string {
  const today = dateOf(observedAt);
  let first = coverage.from ?? today;
  for (const { payload } of rows) {
    const date = isUnreadable(payload) ? null : entryDate(payload, today);
    if (date !== null && date < first) first = date;
  }
  return first;
}

/** What a response shows, by digest. */
export function shownEntries(rows: readonly Row[]): Map<string, Entry> {
  return new Map(rows.map(({ content, entry }) => [content, entry]));
}
