import { styleText } from "node:util";

/** Where a command prints: results to `out`, everything else to `err`. */
export interface Terminal {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
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
