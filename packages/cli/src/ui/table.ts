import type { Part, Style } from "./part.ts";
import { joined, line, type Printable, printable } from "./printable.ts";

/** A column: its title, how its cells are aligned, and how it gives way in a narrow terminal. */
export interface Column {
  title: Printable;
  /** `decimal` aligns amounts at their decimal points. @default "left" */
  align?: "left" | "right" | "decimal";
  /** May be cut to make the table fit; the others keep their width. */
  flexible?: boolean;
  /** A flexible column is cut to fewer characters than these only after others were shortened or left out. @default 6 */
  least?: number;
  /** Its cells are cut in the middle, as what tells them apart is at their end. */
  keepsEnd?: boolean;
  /** What each cell becomes if the table does not fit otherwise. */
  short?: (text: Printable) => Printable;
  /** The column may be left out if the table does not fit otherwise, the lowest number first. */
  drop?: number;
}

/** A cell: its text, and a style that does not count towards its width. */
export interface Cell {
  text: Printable;
  style?: Style;
  /** Says the same as the cell above it: empty in a table that a person reads, whole in one for a program. */
  ditto?: boolean;
}

/** A row of a table, made by `row`. */
export type Row = readonly Cell[];

/** A row of strings from any source: each is made printable, and a missing one is an empty cell. */
export function row(...cells: readonly (string | Cell | null | undefined)[]): Row {
  return cells.map((cell) =>
    typeof cell === "object" && cell !== null ? cell : { text: printable(cell ?? "") },
  );
}

/** A cell that says the same in every row of a group, of which a person sees only the first. */
export function grouped(text: string | null | undefined, isFirst: boolean): Cell {
  return { text: printable(text ?? ""), ditto: !isFirst };
}

/** A table laid out in lines, and the titles of the columns that were left out to make it fit. */
export interface LaidOut {
  lines: Part[][];
  leftOut: Printable[];
}

const GAP = line`  `;
const NARROWEST = 6;

/**
 * Lays a table out in lines of at most `width` columns. What does not fit gives way in this order: flexible columns are
 * cut with `…`, widest first, to their `least`; columns are shortened; columns are left out; flexible columns are cut to
 * 6 characters; each row becomes a block of lines. Titles are dim.
 *
 * @param width Infinity for lines as long as they need to be
 */
export function layOut(columns: readonly Column[], rows: readonly Row[], width: number): LaidOut {
  const whole = tableOf(columns, rows);
  let table = whole;
  for (const giveWay of [undefined, ...waysToNarrow(columns)]) {
    if (giveWay !== undefined) table = giveWay(table);
    const widths = fitted(table, width, ({ least }) => least ?? NARROWEST);
    if (totalOf(widths) <= width) return { lines: linesOf(table, widths), leftOut: missing(whole, table) };
  }
  const widths = fitted(table, width, () => NARROWEST);
  if (totalOf(widths) <= width) return { lines: linesOf(table, widths), leftOut: missing(whole, table) };
  // A block has room for every column.
  return { lines: blocks(whole, width), leftOut: [] };
}

/** The cells of a table for a program: whole, unaligned, and those that say the same as the one above too. */
export function wholeCells(columns: readonly Column[], rows: readonly Row[]): Printable[][] {
  return rows.map((cells) => columns.map((_, at) => (cells[at] ?? EMPTY).text));
}

/** A table while it is laid out: its columns, each with its cells. */
type Table = readonly { column: Column; cells: readonly Cell[] }[];

/** A table without the columns that are empty in every row. */
function tableOf(columns: readonly Column[], rows: readonly Row[]): Table {
  const table = columns.map((column, at) => {
    const cells = rows.map((cells) => shown(cells[at] ?? EMPTY));
    return { column, cells: column.align === "decimal" ? decimalsAligned(cells) : cells };
  });
  return table.filter(({ cells }) => cells.some(({ text }) => text.trim() !== ""));
}

function shown(cell: Cell): Cell {
  return cell.ditto === true ? EMPTY : cell;
}

/** What makes a table narrower, step by step: first columns are shortened, from the right, then they are left out. */
function waysToNarrow(columns: readonly Column[]): ((table: Table) => Table)[] {
  const shortened = columns
    .filter(({ short }) => short !== undefined)
    .toReversed()
    .map((wanted) => (table: Table) => table.map((one) => (one.column === wanted ? shortColumn(one) : one)));
  const dropped = columns
    .filter(({ drop }) => drop !== undefined)
    .toSorted((a, b) => (a.drop ?? 0) - (b.drop ?? 0))
    .map((wanted) => (table: Table) => table.filter(({ column }) => column !== wanted));
  return [...shortened, ...dropped];
}

function shortColumn({ column, cells }: Table[number]): Table[number] {
  const { short = (text) => text } = column;
  return { column, cells: cells.map((cell) => ({ ...cell, text: short(cell.text) })) };
}

function missing(whole: Table, table: Table): Printable[] {
  const kept = new Set(table.map(({ column }) => column));
  return whole.filter(({ column }) => !kept.has(column)).map(({ column }) => column.title);
}

function linesOf(table: Table, widths: readonly number[]): Part[][] {
  const columns = table.map(({ column }) => column);
  const titles = columns.map(({ title }): Cell => ({ text: title, style: "dim" }));
  const count = table[0]?.cells.length ?? 0;
  const rows = Array.from({ length: count }, (_, at) => table.map(({ cells }) => cells[at] ?? EMPTY));
  return [titles, ...rows].map((cells) => tableLine(columns, cells, widths));
}

const EMPTY: Cell = { text: line`` };

function tableLine(columns: readonly Column[], cells: Row, widths: readonly number[]): Part[] {
  const parts = columns.flatMap((column, at) => {
    const padded = paddedCell(cells[at] ?? EMPTY, widths[at] ?? 0, column);
    return at === 0 ? padded : [GAP, ...padded];
  });
  return withoutTrailingSpace(parts);
}

/** Space at the end of a line is copied with it, and wraps in a narrow terminal. */
function withoutTrailingSpace(parts: readonly Part[]): Part[] {
  const last = parts.findLastIndex((part) => (typeof part === "string" ? part : part.text).trim() !== "");
  return parts
    .slice(0, last + 1)
    .map((part, at) => (at === last && typeof part === "string" ? printable(part.trimEnd()) : part));
}

/** Pads after the point, so that right-aligned cells end with the longest fraction. */
function decimalsAligned(cells: readonly Cell[]): Cell[] {
  const longest = cells.reduce((most, { text }) => Math.max(most, fractionOf(text)), 0);
  return cells.map((cell) => ({
    ...cell,
    text: joined([cell.text, spaces(longest - fractionOf(cell.text))]),
  }));
}

/** The number of characters from the decimal point on. */
function fractionOf(text: string): number {
  const point = text.indexOf(".");
  return point === -1 ? 0 : text.length - point;
}

function spaces(count: number): Printable {
  return printable(" ".repeat(Math.max(0, count)));
}

/** The widths of columns after flexible ones were cut, widest first, none to fewer than its least. */
function fitted(table: Table, width: number, leastOf: (column: Column) => number): number[] {
  const widths = table.map(({ column, cells }) =>
    cells.reduce((widest, { text }) => Math.max(widest, textWidth(text)), textWidth(column.title)),
  );
  for (;;) {
    const total = totalOf(widths);
    if (total <= width) return widths;
    const [widest] = table
      .map(({ column }, at) => ({ at, width: widths[at] ?? 0, least: leastOf(column), column }))
      .filter((one) => one.column.flexible === true && one.width > one.least)
      .toSorted((a, b) => b.width - a.width);
    if (widest === undefined) return widths;
    widths[widest.at] = widest.width - 1;
  }
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
}

/** If no table fits, each row is a block with one or two lines per cell; only flexible cells are cut. */
function blocks(table: Table, width: number): Part[][] {
  const longest = Math.max(...table.map(({ column }) => textWidth(column.title)));
  const count = table[0]?.cells.length ?? 0;
  return Array.from({ length: count }, (_, at) => at).flatMap((at) => {
    const lines = table.flatMap(({ column, cells }, place) => {
      // A column without a title belongs to the one before it, as a currency does to its amount.
      const untitled = table[place + 1]?.column.title === "" ? table[place + 1]?.cells[at] : undefined;
      if (place > 0 && column.title === "" && table[place - 1]?.column.title !== "") return [];
      const { text: padded, ...style } = cells[at] ?? EMPTY;
      const whole = printable(
        [padded, untitled?.text ?? ""]
          .map((text) => text.trim())
          .join(" ")
          .trim(),
      );
      if (whole === "") return [];
      const text = column.flexible ? cut(whole, Math.max(NARROWEST, width - longest - GAP.length)) : whole;
      const shown = partOf({ ...style, text });
      if (longest + GAP.length + textWidth(text) > width) return [[dim(column.title)], [GAP, shown]];
      return [[dim(joined([column.title, spaces(longest - textWidth(column.title))])), GAP, shown]];
    });
    return at === 0 ? lines : [[], ...lines];
  });
}

function dim(text: Printable): Part {
  return { text, style: "dim" };
}

function partOf({ text, style }: Cell): Part {
  return style === undefined ? text : { text, style };
}

function paddedCell(cell: Cell, width: number, column: Column): Part[] {
  const text = column.keepsEnd === true ? cutInside(cell.text, width) : cut(cell.text, width);
  const space = spaces(width - textWidth(text));
  const right = column.align === "right" || column.align === "decimal";
  const shown = partOf({ ...cell, text });
  return right ? [space, shown] : [shown, space];
}

/** Cuts a string to at most `width` columns, by whole characters as a person sees them. */
export function cut(text: Printable, width: number): Printable {
  if (textWidth(text) <= width) return text;
  if (NARROW.test(text)) return printable(`${text.slice(0, width - 1)}…`);
  let kept = "";
  let taken = 0;
  for (const { segment } of graphemesOf(text)) {
    taken += widthOfSegment(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return printable(`${kept}…`);
}

/** Cuts a string to at most `width` columns in its middle: its end stays, which half of them hold. */
function cutInside(text: Printable, width: number): Printable {
  if (textWidth(text) <= width) return text;
  let end = "";
  for (const { segment } of [...graphemesOf(text)].toReversed()) {
    if (textWidth(segment + end) > Math.floor((width - 1) / 2)) break;
    end = segment + end;
  }
  return printable(`${cut(text, width - textWidth(end))}${end}`);
}

/** The characters of a string as a person sees them. The first segmenter takes long to make, and most tables need none. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

let segmenter: Intl.Segmenter | undefined;

/** Latin letters and signs, none of which combine or are wide. */
const NARROW = /^[ -\u02ff]*$/;

/** The columns that a string takes: East Asian wide characters and emoji take two. */
export function textWidth(text: string): number {
  // Most strings are narrow, and finding graphemes takes far longer.
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += widthOfSegment(segment);
  return width;
}

function widthOfSegment(segment: string): number {
  if (EMOJI.test(segment)) return 2;
  let width = 0;
  for (const character of segment) width += widthOfCharacter(character);
  return width;
}

function widthOfCharacter(character: string): number {
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** A character that is an emoji by itself, or that a variation selector makes one. */
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;

/** Takes no column of its own: marks above and below, and the later parts of a Hangul syllable. */
const MARK = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]/u;

const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
