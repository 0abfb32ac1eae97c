import type { Part } from "./part.ts";
import { joined, line, type Printable } from "./printable.ts";
import { type Cell, type Column, layOut, type Row, wholeCells } from "./table.ts";
import { type Output, styled, type Terminal } from "./terminal.ts";
import { wrapped } from "./wrapped.ts";

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
  else if (options.json) out.jsonList(items, INDENT);
  else forPerson();
}

/** Prints items for a program, each as soon as it is there: as one array, or as one line per item. */
export async function printEach(
  { out }: Terminal,
  options: OutputOptions,
  items: AsyncIterable<unknown>,
): Promise<void> {
  if (options.jsonl) await printLines(out, items);
  else await out.jsonListOf(items, INDENT);
}

/** Prints each item as JSON on a line of its own, as soon as it is there. */
export async function printLines(out: Output, items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) {
    out.json(item);
    await out.drained();
  }
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

/**
 * Prints a table: fitted to the terminal, or as wide as it needs to be with `--wide`; in a pipe or a file, one line per row
 * with tabs between whole cells and no titles.
 */
export function printTable(terminal: Terminal, columns: readonly Column[], rows: readonly Row[]): void {
  const { out } = terminal;
  if (!out.isTerminal && out.form.wide !== true)
    for (const cells of wholeCells(columns, rows)) out.cells(cells);
  else printAligned(terminal, columns, rows);
}

/** Prints a table for a person, even if it is piped. Columns that did not fit are named on stderr. */
export function printAligned(terminal: Terminal, columns: readonly Column[], rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const { lines, leftOut } = layOut(columns, rows, terminal.out.width);
  for (const parts of lines) terminal.out.line(...parts);
  if (leftOut.length === 0) return;
  note(terminal, line`Not shown, as the terminal is narrow: ${joined(leftOut, line`, `)}. --wide shows all.`);
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

/** Prints a warning, and the command that mends what it is about, which stays whole so that it can be copied. */
export function alert({ err }: Terminal, text: Printable, command: Printable): void {
  const parts = [styled("yellow", line`!`), line` `, text, line` `, command];
  for (const line of wrapped(parts, err.width, 2)) err.line(...line);
}

/**
 * Prints what a person should know even if only results, warnings and errors are wanted, wrapped at its words. A command
 * that is to be copied is a text of its own.
 */
export function warn({ err }: Terminal, ...texts: readonly Printable[]): void {
  const parts = texts.map((text): Part => styled("dim", text));
  for (const line of wrapped(parts, err.width, 0)) err.line(...line);
}
