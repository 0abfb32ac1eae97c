import type { Archive } from "../../../packages/archive/src/index.ts";
import type { Told } from "./told-responses.ts";

/** Each transaction of an archive as the rows that it holds, without its id, in a lasting order. */
export async function heldRows(archive: Archive): Promise<string[][]> {
  const held: string[][] = [];
  for await (const { id, status, amount } of archive.transactions()) {
    const rows: string[] = [];
    for await (const { observedAt, status: list, position } of archive.observations(id))
      rows.push(`${observedAt.toISOString()} ${list} ${position}`);
    held.push([...rows.sort(), `${status} ${amount}`]);
  }
  return held.sort((one, other) => (String(one) < String(other) ? -1 : 1));
}

/** The rows of some responses that are not exactly one transaction. */
export function rowsNotOnce(held: readonly (readonly string[])[], told: readonly Told[]): string[] {
  const counts = new Map<string, number>();
  for (const rows of held) {
    for (const row of rows.slice(0, -1)) counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const wrong: string[] = [];
  for (const { observation } of told) {
    for (const { status, position } of observation.items) {
      const row = `${observation.observedAt.toISOString()} ${status} ${position}`;
      if (counts.get(row) !== 1) wrong.push(`${row}: ${counts.get(row) ?? 0}`);
      counts.delete(row);
    }
  }
  return [...wrong, ...[...counts.keys()].map((row) => `${row}: never sent`)];
}
