import { styleText } from "node:util";
import type { Explanation } from "./failure.ts";
import { JsonList, jsonListPieces, jsonText } from "./json-text.ts";
import { type Part, type Style, type Styled, textOf } from "./part.ts";
import { line, linesOf, type Printable, printable } from "./printable.ts";
import { wrapped } from "./wrapped.ts";
import { fileOf, writeWhole } from "./write-whole.ts";

/** Where a command prints, results to `out`, everything else to `err`; and where a person types. */
export interface Terminal {
  out: Output;
  err: Output;
  in: NodeJS.ReadStream;
  /** Whether only results, warnings and errors are printed: `--quiet`. */
  isQuiet: boolean;
}

/** The columns of a terminal that does not know its own. */
const UNKNOWN_WIDTH = 80;

const ERASE_LINE = "\r\u001b[2K";

/** How the lines of an output are meant to be read. */
export interface OutputForm {
  /** Whether each line is JSON, for a program. @default false */
  json?: boolean | undefined;
  /** Whether tables are as wide as they need to be. @default false */
  wide?: boolean | undefined;
}

/**
 * A stream that accepts only printable strings. Apart from the prompts, which draw themselves, nothing else in the command
 * line writes to stdout or stderr.
 */
export class Output {
  /** For prompts alone. */
  readonly stream: NodeJS.WriteStream;
  /** How lines are printed; set once per command, from its arguments. */
  form: OutputForm = {};
  /** Of a file or a device; undefined if the stream is none, null before that is known. */
  #file: number | undefined | null = null;
  /** Whether a line is drawn that is not ended: one that is printed takes its place. */
  #hasDrawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  /** Whether it is a terminal, at which a person looks. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** Whether lines may be drawn over, as a spinner is. */
  get isDrawn(): boolean {
    return this.isTerminal && this.form.json !== true && process.env["TERM"] !== "dumb";
  }

  /** The columns to fit into: the terminal's, or Infinity if the output goes elsewhere or is to be wide. */
  get width(): number {
    if (!this.isTerminal || this.form.wide === true) return Number.POSITIVE_INFINITY;
    return Math.max(this.stream.columns || UNKNOWN_WIDTH, 20);
  }

  /** Prints a line; for a program, as an object with a `note`. */
  line(...parts: readonly Part[]): void {
    const note = textOf(parts).trim();
    if (this.form.json === true) {
      if (note !== "") this.json({ note });
      return;
    }
    const start = this.#hasDrawn ? ERASE_LINE : "";
    this.#hasDrawn = false;
    this.#write(`${start}${this.#shown(parts)}\n`);
  }

  /** Prints several lines at once. */
  lines(lines: readonly Printable[]): void {
    this.#write(`${lines.join("\n")}\n`);
  }

  /** Prints the cells of a line with tabs between them. None contains a tab, as that is not printable. */
  cells(cells: readonly Printable[]): void {
    this.#write(`${cells.join("\t")}\n`);
  }

  /** Prints a value as JSON: on one line, or indented by `indent` spaces. */
  json(value: unknown, indent?: number): void {
    this.#write(`${jsonText(value, indent)}\n`);
  }

  /** Prints a list as one JSON document, piece by piece, as it may be longer than the longest string. */
  jsonList(items: readonly unknown[], indent: number): void {
    for (const piece of jsonListPieces(items, indent)) this.#write(piece);
    this.#write("\n");
  }

  /** The same of items that come one after the other, of which only some are in memory. */
  async jsonListOf(items: AsyncIterable<unknown>, indent: number): Promise<void> {
    const list = new JsonList(indent);
    for await (const item of items) {
      this.#write(list.with(item));
      await this.drained();
    }
    this.#write(`${list.end()}\n`);
  }

  /** Draws a line over the one that the cursor is on, without ending it. */
  redraw(...parts: readonly Part[]): void {
    this.#hasDrawn = parts.length > 0;
    this.#write(`${ERASE_LINE}${this.#shown(parts)}`);
  }

  /** Waits until a reader that is slow has taken what was printed, so that little is in memory; not for one that is gone. */
  async drained(): Promise<void> {
    const { stream } = this;
    if (!stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const events = ["drain", "close", "error"] as const;
      const done = () => {
        for (const event of events) stream.off(event, done);
        resolve();
      };
      for (const event of events) stream.on(event, done);
    });
  }

  /** Calls `closed` when a line cannot be printed because the reader is gone. @returns disposing of it ends that */
  whenClosed(closed: (error: Error) => void): Disposable {
    this.stream.once("error", closed);
    return { [Symbol.dispose]: () => this.stream.off("error", closed) };
  }

  /** What cannot be written is reported by the stream's `error` event; nothing is thrown here. */
  #write(text: string): void {
    if (text === "") return;
    if (this.#file === null) this.#file = fileOf(this.stream);
    if (this.#file === undefined) {
      this.stream.write(text);
      return;
    }
    try {
      writeWhole(this.#file, text);
    } catch (error) {
      this.stream.emit("error", error);
    }
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

/** Whether there is a person at the terminal. */
export function isAttended({ in: input, err }: Terminal): boolean {
  return input.isTTY === true && err.isTerminal;
}

/** Whether there is a person who can be asked. With `--json`, stderr is for a program, and a prompt is no JSON. */
export function isInteractive(terminal: Terminal): boolean {
  return isAttended(terminal) && terminal.err.form.json !== true;
}

/** How a failure is reported. */
interface FailureOptions {
  verbose?: boolean | undefined;
  sandbox?: boolean | undefined;
  /** The account that failed, if it is one of several. */
  accountId?: string | undefined;
}

/**
 * Prints what went wrong and what to do next; with `verbose` also the service's own words. For a program, it is one
 * object with the `error`.
 */
export function printFailure(
  { err }: Terminal,
  explanation: Explanation,
  { verbose, sandbox, accountId }: FailureOptions,
): void {
  const { message, next, details, candidates } = explanation;
  if (err.form.json === true) {
    const about = accountId === undefined ? {} : { accountId };
    err.json({ error: { ...errorMember(explanation, { sandbox }), ...about } });
    if (verbose && details !== undefined) err.line(details);
    return;
  }
  for (const parts of wrapped([styled("red", line`✗`), line` `, printable(message)], err.width, 2))
    err.line(...parts);
  for (const candidate of candidates) err.line(line`  `, candidate);
  if (verbose && details !== undefined) err.line(line`  `, styled("dim", details));
  if (next === undefined) return;
  for (const parts of wrapped([line`  → `, asTyped(next, { sandbox })], err.width, 4)) err.line(...parts);
}

/** An error as a member of JSON: as a person reads it, never with a stack. */
export function errorMember(
  { name, message, next, candidates }: Explanation,
  options: { sandbox?: boolean | undefined },
) {
  return {
    name,
    message,
    next: next === undefined ? null : asTyped(next, options),
    ...(candidates.length === 0 ? {} : { candidates }),
  };
}

/** A command as the person has to type it: with `--sandbox` if that is used. A sentence stays as it is. */
export function asTyped(next: Printable, { sandbox }: { sandbox?: boolean | undefined }): Printable {
  if (!sandbox) return next;
  const [, command, rest = ""] = /^(bankdata \w+)((?: .*)?)$/.exec(next) ?? [];
  return command === undefined ? next : printable(`${command} --sandbox${rest}`, next.length + 10);
}
