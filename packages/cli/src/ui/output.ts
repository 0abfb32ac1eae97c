import { line, type Printable } from "./printable.ts";
import { type Cell, type Column, type Row, tableLines } from "./table.ts";
import { styled, type Terminal } from "./terminal.ts";

/** How results are wanted. */
export interface OutputOptions {
  json?: boolean | undefined;
  jsonl?: boolean | undefined;
}

/** Whether results are for a program. */
export function isForProgram({ json, jsonl }: OutputOptions): boolean {
  return json === true || jsonl === true;
}

const INDENT = 2;

/** Prints a list: as one array, as one line per item, or as a person reads it. */
export function printList<Item>(
  { out }: Terminal,
  options: OutputOptions,
  items: readonly Item[],
  forPerson: () => void,
): void {
  if (options.jsonl) for (const item of items) out.json(item);
  else if (options.json) out.json(items, INDENT);
  else forPerson();
}

/** Prints one thing: as JSON, or as a person reads it. */
export function printOne(
  { out }: Terminal,
  options: OutputOptions,
  item: unknown,
  forPerson: () => void,
): void {
  if (options.jsonl) out.json(item);
  else if (options.json) out.json(item, INDENT);
  else forPerson();
}

/** Prints a table that fits the terminal. */
export function printTable({ out }: Terminal, columns: readonly Column[], rows: readonly Row[]): void {
  if (rows.length === 0) return;
  for (const parts of tableLines(columns, rows, out.width)) out.line(...parts);
}

/** An amount in a table: red if it is below zero. */
export function money(amount: string): Cell {
  const text = line`${amount}`;
  return amount.startsWith("-") ? { text, style: "red" } : { text };
}

/** Prints what a person may like to know; nothing if only results, warnings and errors are wanted. */
export function note(terminal: Terminal, ...texts: readonly Printable[]): void {
  if (!terminal.isQuiet) warn(terminal, ...texts);
}

/** Prints what a person should know even if only results, warnings and errors are wanted. */
export function warn({ err }: Terminal, ...texts: readonly Printable[]): void {
  err.line(...texts.map((text) => styled("dim", text)));
}
