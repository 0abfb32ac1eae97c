import { type Column, layOut, type Row } from "../../packages/cli/src/ui/table.ts";

/** The lines of a table as a terminal without colours shows them. */
export function textLines(columns: readonly Column[], rows: readonly Row[], width: number): string[] {
  return layOut(columns, rows, width).lines.map((parts) =>
    parts.map((part) => (typeof part === "string" ? part : part.text)).join(""),
  );
}
