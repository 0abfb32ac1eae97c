import { joined, line, type Printable, printable } from "./printable.ts";
import type { Part, Style } from "./terminal.ts";

/** A column: its title, and how its cells are aligned. `decimal` aligns amounts at their decimal points. */
export interface Column {
  title: Printable;
  align?: "left" | "right" | "decimal";
  /** May be cut to make the table fit; the others keep their width. */
  flexible?: boolean;
}

/** A cell: its text, and a style that does not count towards its width. */
export interface Cell {
  text: Printable;
  style?: Style;
}

/** A row of a table, made by `row`. */
export type Row = readonly Cell[];

/** A row of strings from any source: each is made printable, and a missing one is an empty cell. */
export function row(...cells: readonly (string | Cell | null | undefined)[]): Row {
  return cells.map((cell) =>
    typeof cell === "object" && cell !== null ? cell : { text: printable(cell ?? "") },
  );
}

const GAP = line`  `;
const NARROWEST = 6;

/**
 * Lays a table out in lines of at most `width` columns: flexible columns are cut with `…`, widest first; if that is
 * not enough, each row becomes a block of lines. Titles are dim.
 */
export function tableLines(columns: readonly Column[], rows: readonly Row[], width: number): Part[][] {
  const cells = rows.map((cells) => columns.map((_, at): Cell => ({ ...(cells[at] ?? EMPTY) })));
  alignDecimals(columns, cells);
  const widths = fitted(columns, naturalWidths(columns, cells), width);
  if (totalOf(widths) > width) return blocks(columns, cells, width);
  const titles = columns.map(({ title }): Cell => ({ text: title, style: "dim" }));
  return [titles, ...cells].map((cells) => tableLine(columns, cells, widths));
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
function alignDecimals(columns: readonly Column[], rows: readonly Cell[][]): void {
  for (const [at, column] of columns.entries()) {
    if (column.align !== "decimal") continue;
    const cells = rows.flatMap((row) => row[at] ?? []);
    const longest = cells.reduce((most, { text }) => Math.max(most, fractionOf(text)), 0);
    for (const cell of cells) cell.text = joined([cell.text, spaces(longest - fractionOf(cell.text))]);
  }
}

/** The number of characters from the decimal point on. */
function fractionOf(text: string): number {
  const point = text.indexOf(".");
  return point === -1 ? 0 : text.length - point;
}

function spaces(count: number): Printable {
  return printable(" ".repeat(Math.max(0, count)));
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map((column, at) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[at]?.text ?? "")), textWidth(column.title)),
  );
}

function fitted(columns: readonly Column[], widths: number[], width: number): number[] {
  const narrowed = [...widths];
  while (totalOf(narrowed) > width) {
    const widest = columns
      .map((column, at) => ({ at, width: column.flexible ? (narrowed[at] ?? 0) : 0 }))
      .reduce((a, b) => (b.width > a.width ? b : a));
    if (widest.width <= NARROWEST) break;
    narrowed[widest.at] = widest.width - 1;
  }
  return narrowed;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
}

/** If no table fits, each row is a block with one or two lines per cell; only flexible cells are cut. */
function blocks(columns: readonly Column[], rows: readonly Row[], width: number): Part[][] {
  const longest = Math.max(...columns.map(({ title }) => textWidth(title)));
  return rows.flatMap((cells, at) => {
    const lines = columns.flatMap((column, place) => {
      const { text: padded, ...style } = cells[place] ?? EMPTY;
      const whole = printable(padded.trim());
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
  const text = cut(cell.text, width);
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
  return WIDE.test(segment) ? 2 : 1;
}

const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6])/u;
