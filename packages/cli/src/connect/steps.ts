import type { Printable } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import type { Terminal } from "../ui/terminal.ts";

/** A line with a spinner for work in several steps. It shows the current step. */
export class Steps implements AsyncDisposable {
  readonly #terminal: Terminal;
  #current: { detail: (text: Printable) => void; end: () => void; gone: Promise<void> } | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Begins the next step, and ends the one before. */
  begin(text: Printable): void {
    void this.end();
    const { promise, resolve } = Promise.withResolvers<void>();
    let detail: (text: Printable) => void = () => {};
    const gone = withProgress(this.#terminal, text, (progress) => {
      detail = progress;
      return promise;
    });
    this.#current = { detail, end: resolve, gone };
  }

  /** Says more about the step under way. */
  detail(text: Printable): void {
    this.#current?.detail(text);
  }

  /** Ends the step under way, if there is one. Resolves once its line is gone, so that others may be printed. */
  async end(): Promise<void> {
    const ended = this.#current;
    this.#current = undefined;
    ended?.end();
    await ended?.gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
