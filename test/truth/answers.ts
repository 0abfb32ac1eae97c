import type { BankProvider } from "../../packages/core/src/bank/index.ts";
import type { Sandbox } from "../../packages/sandbox/src/index.ts";

/** A response that reached the program: of which account id, and how many of it came before. */
export interface Answer {
  readonly handle: string;
  readonly response: number;
}

/**
 * A provider that remembers which responses with transactions reached the program. Each comes at a moment of its own, by which
 * the archive's observations are told apart.
 */
export class Answers {
  /** By the moment, in milliseconds since 1970. */
  readonly #answers = new Map<number, Answer>();
  readonly #moments = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  #failures = 0;
  #last: Promise<unknown> = Promise.resolve();

  get count(): number {
    return this.#answers.size;
  }

  /** How many calls gave no data. */
  get failures(): number {
    return this.#failures;
  }

  /** The response that came at a moment. */
  at(moment: Date): Answer | undefined {
    return this.#answers.get(moment.getTime());
  }

  /** When some account ids were read, the earliest first. */
  momentsOf(handles: ReadonlySet<string>): Date[] {
    return [...this.#answers]
      .filter(([, { handle }]) => handles.has(handle))
      .map(([moment]) => new Date(moment))
      .sort((a, b) => a.getTime() - b.getTime());
  }

  /** When a response came, in milliseconds since 1970. */
  momentOf(handle: string, response: number | undefined): number | undefined {
    return this.#moments.get(`${handle} ${response}`);
  }

  /** The provider with every response remembered. One call is made after the other. */
  watching(provider: BankProvider, sandbox: Sandbox): BankProvider {
    return {
      ...provider,
      transactions: async (account, range, options) => {
        const before = this.#last;
        const turn = Promise.withResolvers<void>();
        this.#last = turn.promise;
        await before;
        try {
          sandbox.advanceTime({ seconds: 1 });
          const reading = await provider.transactions(account, range, options);
          if (!reading.fromCache)
            this.#remember(typeof account === "string" ? account : account.handle, reading.asOf);
          return reading;
        } catch (error) {
          this.#failures += 1;
          throw error;
        } finally {
          turn.resolve();
        }
      },
    };
  }

  #remember(handle: string | null, asOf: Date): void {
    if (handle === null) throw new Error("An account without a handle was read.");
    if (this.at(asOf) !== undefined) throw new Error(`Two responses came at ${asOf.toISOString()}.`);
    const response = this.#counts.get(handle) ?? 0;
    this.#answers.set(asOf.getTime(), { handle, response });
    this.#moments.set(`${handle} ${response}`, asOf.getTime());
    this.#counts.set(handle, response + 1);
  }
}
