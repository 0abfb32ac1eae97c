/** A column: its title, and how its cells stand. Amounts stand with their decimal points below each other. */
export interface Column {
  title: string;
  align?: "left" | "right" | "decimal";
  /** May be cut to make the table fit; the others keep their width. */
  flexible?: boolean;
}

/** A cell: its text, and a style that does not count towards its width. */
export interface Cell {
  text: string;
  style?: (text: string) => string;
}

const GAP = "  ";
const NARROWEST = 6;

/**
 * Lays a table out in lines of at most `width` columns: flexible columns are cut with `…`, widest first; where that is
 * not enough, each row becomes a block of lines.
 *
 * @param styleTitle how the titles look
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
  width: number,
  styleTitle: (text: string) => string = (text) => text,
): string[] {
  const cells = rows.map((row) => columns.map((_, at) => cellOf(row[at] ?? "")));
  alignDecimals(columns, cells);
  const widths = fitted(columns, naturalWidths(columns, cells), width);
  if (totalOf(widths) > width) return blocks(columns, cells, width, styleTitle);
  const line = (row: readonly Cell[], last: (text: string) => string) =>
    columns
      .map((column, at) =>
        last(padded(row[at] ?? { text: "" }, widths[at] ?? 0, column, at === columns.length - 1)),
      )
      .join(GAP)
      .trimEnd();
  const titles = columns.map((column) => ({ text: column.title }));
  return [line(titles, styleTitle), ...cells.map((row) => line(row, (text) => text))];
}

function cellOf(cell: string | Cell): Cell {
  const { text, ...rest } = typeof cell === "string" ? { text: cell } : cell;
  // Texts of banks are from outside: no sign in them may break a line or steer the terminal.
  return { ...rest, text: text.replaceAll(/\p{Cc}+/gu, " ") };
}

/** Pads after the point, so that what stands right ends with the longest fraction. */
function alignDecimals(columns: readonly Column[], rows: Cell[][]): void {
  for (const [at, column] of columns.entries()) {
    if (column.align !== "decimal") continue;
    const fraction = (cell: Cell | undefined) => {
      const point = cell?.text.indexOf(".") ?? -1;
      return point === -1 ? 0 : (cell?.text.length ?? 0) - point;
    };
    const longest = Math.max(0, ...rows.map((row) => fraction(row[at])));
    for (const row of rows) {
      const cell = row[at];
      if (cell !== undefined) cell.text += " ".repeat(longest - fraction(cell));
    }
  }
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

/** Where no table fits, each row stands by itself, a line a cell, or two; nothing but a flexible cell is cut. */
function blocks(
  columns: readonly Column[],
  rows: readonly Cell[][],
  width: number,
  styleTitle: (text: string) => string,
): string[] {
  const longest = Math.max(...columns.map(({ title }) => textWidth(title)));
  return rows.flatMap((row, at) => {
    const lines = columns.flatMap((column, place) => {
      const cell = row[place];
      const whole = cell?.text.trim() ?? "";
      if (whole === "") return [];
      const text = column.flexible ? cut(whole, Math.max(NARROWEST, width - longest - GAP.length)) : whole;
      const title = styleTitle(column.title.padEnd(longest));
      const shown = cell?.style === undefined ? text : cell.style(text);
      if (longest + GAP.length + textWidth(text) <= width) return [`${title}${GAP}${shown}`];
      return [title.trimEnd(), `${GAP}${shown}`];
    });
    return at === 0 ? lines : ["", ...lines];
  });
}

function padded(cell: Cell, width: number, column: Column, last: boolean): string {
  const text = cut(cell.text, width);
  const space = " ".repeat(Math.max(0, width - textWidth(text)));
  const shown = cell.style === undefined ? text : cell.style(text);
  const right = column.align === "right" || column.align === "decimal";
  if (right) return space + shown;
  return last ? shown : shown + space;
}

/** Cuts a text to so many columns, by whole characters as a person sees them. */
function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    if (textWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The columns that a text takes: East Asian wide characters and emoji take two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6])/u;
