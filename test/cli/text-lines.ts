import { type Column, type Row, tableLines } from "../../packages/cli/src/ui/table.ts";

/** The lines of a table as a terminal without colours shows them. */
export function textLines(columns: readonly Column[], rows: readonly Row[], width: number): string[] {
  return tableLines(columns, rows, width).map((parts) =>
    parts.map((part) => (typeof part === "string" ? part : part.text)).join(""),
  );
}
