import type { Archive, SourceAccount } from "bankdata-archive";
import type { AccountOrHandle, BankAccount, BankProvider, Connection, Origin } from "bankdata-core/bank";
import type { Logger } from "bankdata-core/base";

/** What recording needs. */
interface RecorderOptions {
  /** Where the archive is. */
  readonly location: string;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
  /** Called with the first reason for which something could not be recorded. */
  readonly onFailure: (error: unknown) => void;
}

/** A connection, and the accounts that it gives access to. */
export interface ConnectedAccounts {
  readonly connection: Connection;
  readonly accounts: readonly BankAccount[];
}

/** Records something about an account. */
type Work = (archive: Archive, source: SourceAccount) => Promise<unknown>;

/**
 * Records what banks send to any command now, as calls are few. It happens while the command goes on, one response after the
 * other, and what fails is not the command's failure.
 */
export class Recorder implements AsyncDisposable {
  readonly #options: RecorderOptions;
  #archive: Promise<Archive> | undefined;
  #last: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** The same provider, whose responses are recorded. */
  recording(provider: BankProvider): BankProvider {
    const { name } = provider;
    return {
      ...provider,
      transactions: async (account, range, options) => {
        const reading = await provider.transactions(account, range, options);
        const { coverage, items, unreadable } = reading;
        this.#record(name, account, reading, (archive, source) =>
          archive.record(source, { observedAt: reading.asOf, coverage, items, unreadable }),
        );
        return reading;
      },
      balances: async (account, options) => {
        const reading = await provider.balances(account, options);
        this.#record(name, account, reading, (archive, source) =>
          archive.recordBalances(source, { observedAt: reading.asOf, items: reading.items }),
        );
        return reading;
      },
      details: async (account, options) => {
        const reading = await provider.details(account, options);
        this.#record(name, reading.account, reading, (archive, source) =>
          archive.recordAccount({ ...source, detailed: true }, reading.asOf),
        );
        return reading;
      },
    };
  }

  /** Makes the accounts of a new connection known, so that they are read as soon as all accounts are. */
  recordConnected(provider: string, { connection, accounts }: ConnectedAccounts): void {
    this.#then(async (archive) => {
      const { sourceAccount } = await import("bankdata-archive");
      await archive.recordConnections(provider, [connection]);
      const at = new Date(this.#options.now());
      for (const account of accounts)
        if (account.handle !== null)
          await archive.recordAccount(sourceAccount({ name: provider }, account), at);
    });
  }

  /** Waits until everything is recorded. Whether it is, and the archive can be read. */
  async settled(): Promise<boolean> {
    // Nothing may have been recorded so far, as what is cached is not.
    this.#then(async (archive) => void (await archive.accounts()));
    await this.#last;
    return !this.#hasFailed;
  }

  /** Waits until everything is recorded, and closes the archive. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    try {
      await (await this.#archive)?.close();
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * Of an account of which only the handle is known, nothing is recorded. Neither is a cached response: it was recorded when
   * it came, or the next sync takes it in, and opening the archive for it would take half as long again as the command.
   */
  #record(provider: string, account: AccountOrHandle, { fromCache }: Origin, work: Work): void {
    if (fromCache || typeof account === "string") return;
    this.#then(async (archive) => {
      const { sourceAccount } = await import("bankdata-archive");
      await work(archive, sourceAccount({ name: provider }, account));
    });
  }

  /** Does some work once what came before is done. */
  #then(work: (archive: Archive) => Promise<void>): void {
    if (this.#hasFailed) return;
    this.#last = this.#last.then(async () => {
      try {
        await work(await this.#opened());
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  async #opened(): Promise<Archive> {
    const { openArchive } = await import("bankdata-archive");
    const { location, now, logger } = this.#options;
    this.#archive ??= openArchive({ location, now, logger });
    return await this.#archive;
  }

  #failed(error: unknown): void {
    if (!this.#hasFailed) this.#options.onFailure(error);
    this.#hasFailed = true;
  }
}
