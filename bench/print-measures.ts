import { line } from "../packages/cli/src/ui/printable.ts";
import { layOut, row } from "../packages/cli/src/ui/table.ts";
import { Output } from "../packages/cli/src/ui/terminal.ts";
import type { Measure } from "./measure.ts";

/** Prints measures as a table. */
export function printMeasures(measures: readonly Measure[]): void {
  const { lines } = layOut(
    [
      { title: line`What` },
      { title: line`Ours`, align: "decimal" },
      { title: line`Unit` },
      { title: line`Against` },
      { title: line`Theirs`, align: "decimal" },
      { title: line`Ratio`, align: "decimal" },
      { title: line`Goal`, align: "decimal" },
      { title: line`` },
    ],
    measures.map((one) =>
      row(
        one.name,
        one.ours.toFixed(2),
        one.unit,
        one.against,
        one.theirs.toFixed(2),
        one.ratio.toFixed(2),
        one.goal === null ? "" : `≤ ${Number(one.goal.toFixed(2))}`,
        met(one),
      ),
    ),
    160,
  );
  const out = new Output(process.stdout);
  for (const parts of lines) out.line(...parts);
}

function met({ ratio, goal }: Measure): string {
  if (goal === null) return "";
  return ratio <= goal ? "met" : "NOT MET";
}
