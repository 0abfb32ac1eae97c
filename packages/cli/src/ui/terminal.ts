import { styleText } from "node:util";
import type { Explanation } from "./failure.ts";
import { jsonText } from "./json-text.ts";
import { line, linesOf, type Printable, printable } from "./printable.ts";

/** Where a command prints, results to `out`, everything else to `err`; and where a person types. */
export interface Terminal {
  out: Output;
  err: Output;
  in: NodeJS.ReadStream;
  /** Whether only results, warnings and errors are printed: `--quiet`. */
  isQuiet: boolean;
}

/** Styles of text; each is plain if the output is not a terminal, or `NO_COLOR` is set. */
export type Style = Parameters<typeof styleText>[0];

/** A string with a style. */
export interface Styled {
  text: Printable;
  style: Style;
}

/** What a line is made of. */
export type Part = Printable | Styled;

const ERASE_LINE = "\r\u001b[2K";

/**
 * A stream that accepts only printable strings. Apart from the prompts, which draw themselves, nothing else in the command
 * line writes to stdout or stderr.
 */
export class Output {
  /** For prompts alone. */
  readonly stream: NodeJS.WriteStream;
  /** Whether a line is drawn that is not ended: one that is printed takes its place. */
  #isDrawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  /** Whether it is a terminal, at which a person looks. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** The columns to fit into: the terminal's, or 100 if the output goes elsewhere. */
  get width(): number {
    return this.isTerminal ? Math.max(this.stream.columns, 20) : 100;
  }

  /** Prints a line. */
  line(...parts: readonly Part[]): void {
    const start = this.#isDrawn ? ERASE_LINE : "";
    this.#isDrawn = false;
    this.stream.write(`${start}${this.#shown(parts)}\n`);
  }

  /** Prints several lines at once. */
  lines(lines: readonly Printable[]): void {
    this.stream.write(`${lines.join("\n")}\n`);
  }

  /** Prints a value as JSON: on one line, or indented by `indent` spaces. */
  json(value: unknown, indent?: number): void {
    this.stream.write(`${jsonText(value, indent)}\n`);
  }

  /** Draws a line over the one that the cursor is on, without ending it. */
  redraw(...parts: readonly Part[]): void {
    this.#isDrawn = parts.length > 0;
    this.stream.write(`${ERASE_LINE}${this.#shown(parts)}`);
  }

  /** Calls `closed` when a line cannot be printed because the reader is gone. @returns disposing of it ends that */
  whenClosed(closed: (error: Error) => void): Disposable {
    this.stream.once("error", closed);
    return { [Symbol.dispose]: () => this.stream.off("error", closed) };
  }

  #shown(parts: readonly Part[]): string {
    return parts
      .map((part) =>
        typeof part === "string"
          ? part
          : styleText(part.style, part.text, { stream: this.stream, validateStream: true }),
      )
      .join("");
  }
}

/** Prints our own text of several lines, such as a help page. Not for strings from outside. */
export function printText(output: Output, text: string): void {
  output.lines(linesOf(text.replace(/\n$/, "")));
}

/** Gives a string a style. */
export function styled(style: Style, text: Printable): Styled {
  return { text, style };
}

/** Whether there is a person who can be asked. */
export function isInteractive({ in: input, err }: Terminal): boolean {
  return input.isTTY === true && err.isTerminal;
}

/** Prints what went wrong and what to do next; with `verbose` also the service's own words. */
export function printFailure(
  { err }: Terminal,
  { message, next, details, candidates }: Explanation,
  { verbose, sandbox }: { verbose?: boolean | undefined; sandbox?: boolean | undefined },
): void {
  err.line(styled("red", line`✗`), line` `, printable(message));
  for (const candidate of candidates) err.line(line`  `, candidate);
  if (verbose && details !== undefined) err.line(line`  `, styled("dim", details));
  if (next !== undefined) err.line(line`  → `, asTyped(next, { sandbox }));
}

/** A command as the person has to type it: with `--sandbox` if that is used. A sentence stays as it is. */
export function asTyped(next: Printable, { sandbox }: { sandbox?: boolean | undefined }): Printable {
  if (!sandbox) return next;
  const [, command, rest = ""] = /^(bankdata \w+)((?: .*)?)$/.exec(next) ?? [];
  return command === undefined ? next : printable(`${command} --sandbox${rest}`, next.length + 10);
}
