import type { Known, Reading, Response, Row } from "./model.ts";

export const RULES_VERSION = 1;

export function readResponse(response: Response, known: Known, newId: (row: Row) => string): Reading {
  const free = [...known.transactions];
  const changed: Reading["changed"][number][] = [];
  const recognitions = response.rows.map((row) => {
    const at = free.findIndex((one) => one.content === row.content && one.list === row.status);
    const [same] = at === -1 ? [] : free.splice(at, 1);
    if (same !== undefined) return { transaction: same.id, rule: "same content", cost: 0, certain: true };
    const id = newId(row);
    changed.push({
      id,
      status: row.status,
      certain: true,
      entry: row.entry,
      content: row.content,
      list: row.status,
      notes: null,
    });
    return { transaction: id, rule: "new", cost: 0, certain: true };
  });
  return { recognitions, moves: [], changed, memory: known.memory };
}
