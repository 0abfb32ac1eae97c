import { type Cell, type Column, tableLines } from "./table.ts";
import { styled, type Terminal, widthOf } from "./terminal.ts";

/** How results are wanted. */
export interface OutputOptions {
  json?: boolean | undefined;
  jsonl?: boolean | undefined;
}

/** Whether results are for a program. */
export function isForProgram({ json, jsonl }: OutputOptions): boolean {
  return json === true || jsonl === true;
}

/** Prints a list: as one array, a line an item, or as a person reads it. */
export function printList<Item>(
  { out }: Terminal,
  options: OutputOptions,
  items: readonly Item[],
  forPerson: () => void,
): void {
  if (options.jsonl) for (const item of items) out.write(`${JSON.stringify(item)}\n`);
  else if (options.json) out.write(`${JSON.stringify(items, undefined, 2)}\n`);
  else forPerson();
}

/** Prints one thing: as JSON, or as a person reads it. */
export function printOne(
  { out }: Terminal,
  options: OutputOptions,
  item: unknown,
  forPerson: () => void,
): void {
  if (options.jsonl) out.write(`${JSON.stringify(item)}\n`);
  else if (options.json) out.write(`${JSON.stringify(item, undefined, 2)}\n`);
  else forPerson();
}

/** Prints a table that fits the terminal. */
export function printTable(
  { out }: Terminal,
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
): void {
  if (rows.length === 0) return;
  const lines = tableLines(columns, rows, widthOf(out), (text) => styled(out, "dim", text));
  for (const line of lines) out.write(`${line}\n`);
}

/** An amount in a table: red where it is below zero. */
export function money({ out }: Terminal, amount: string): Cell {
  if (!amount.startsWith("-")) return { text: amount };
  return { text: amount, style: (text) => styled(out, "red", text) };
}

/** Tells the person something that is no result. */
export function note({ err }: Terminal, text: string): void {
  err.write(`${styled(err, "dim", text)}\n`);
}
