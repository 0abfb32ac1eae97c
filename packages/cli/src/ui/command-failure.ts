import type { Printable } from "./printable.ts";

/** What a failure says besides its message. */
interface More {
  /** The request and the service's own words, which `--verbose` shows. */
  details?: Printable | undefined;
  /** Suggestions, one per line. */
  candidates?: readonly Printable[] | undefined;
}

/** Why a command cannot go on, and what to do next. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
  override readonly message: Printable;
  readonly exitCode: number;
  /** A sentence or a command; undefined if there is nothing to do. */
  readonly next: Printable | undefined;
  /** The request and the service's own words, if there was one. */
  readonly details: Printable | undefined;
  /** Suggestions, one per line. */
  readonly candidates: readonly Printable[];

  constructor(message: Printable, exitCode: number, next?: Printable, more: More = {}) {
    super(message);
    this.message = message;
    this.exitCode = exitCode;
    this.next = next;
    this.details = more.details;
    this.candidates = more.candidates ?? [];
  }
}
