import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Archived, rowsOf } from "./archived.ts";

/** A row: its response, its list, and its place in that list. */
type Seen = [number, string, number];

interface TrueEntry {
  key: string;
  seen: Seen[];
  status: string;
}

interface Case {
  name: string;
  kind: string;
  why: string;
  observations: { at: string; from: string; booked: unknown[]; pending: unknown[]; accountId?: string }[];
  truth: TrueEntry[];
  certain: boolean;
  alternatives?: TrueEntry[][];
}

const FOLDER = join(import.meta.dirname, "cases");
const CASES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .map((name): Case => JSON.parse(readFileSync(join(FOLDER, name), "utf8")));

/** Which rows are one transaction, and its status. Retracted counts as vanished. */
function lines(entries: readonly { seen: readonly Seen[]; status: string }[]): string[] {
  return entries
    .map(({ seen, status }) => {
      const rows = seen.map(([response, list, position]) => `${response} ${list} ${position}`).sort();
      return `${status}: ${rows.join(", ")}`;
    })
    .sort();
}

function read({ observations }: Case): string[] {
  const archived = new Archived();
  for (const { at, from, booked, pending, accountId = null } of observations)
    archived.read({
      at: Date.parse(at),
      coverage: { from, to: null, pending: true },
      handle: accountId,
      rows: rowsOf({ booked, pending }),
    });
  return lines(
    [...archived.transactions.values()].map(({ id, status }) => ({
      status: status === "retracted" ? "vanished" : status,
      seen: archived.rows
        .filter(({ transaction }) => transaction === id)
        .map(({ place: { response, status: list, position } }): Seen => [response, list, position]),
    })),
  );
}

describe("each sequence from a report is told apart as a person would", () => {
  it.each(CASES)("$kind: $name", (one) => {
    const accepted = [one.truth, ...(one.alternatives ?? [])].map(lines);
    expect(accepted).toContainEqual(read(one));
  });
});
