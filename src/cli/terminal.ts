import { styleText } from "node:util";
import type { Explanation } from "./failure.ts";

/** Where a command prints, results to `out`, everything else to `err`; and where a person answers. */
export interface Terminal {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
  in: NodeJS.ReadStream;
}

/** Styles of text; each is plain where the stream is no terminal, or `NO_COLOR` is set. */
export type Style = Parameters<typeof styleText>[0];

/** Styles a text for a stream. */
export function styled(stream: NodeJS.WriteStream, style: Style, text: string): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** The width to fit into: the terminal's, or 100 columns where the output goes elsewhere. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? Math.max(stream.columns, 20) : 100;
}

/** Whether a person sits there who can be asked. */
export function isInteractive({ in: input, err }: Terminal): boolean {
  return input.isTTY === true && err.isTTY === true;
}

/** Tells what went wrong and what to do next; the service's own words where they are wanted. */
export function printFailure(
  { err }: Terminal,
  { message, next, details }: Explanation,
  { verbose, sandbox }: { verbose?: boolean | undefined; sandbox?: boolean | undefined },
): void {
  err.write(`${styled(err, "red", "✗")} ${message}\n`);
  if (verbose && details !== undefined) err.write(`  ${styled(err, "dim", details)}\n`);
  if (next === undefined) return;
  const command = sandbox && /^bankdata \w+( |$)/.test(next);
  err.write(`  → ${command ? next.replace(/^bankdata \w+/, "$& --sandbox") : next}\n`);
}
