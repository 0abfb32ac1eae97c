import type { SandboxBank } from "../../banks/index.ts";
import type { World } from "../../world/state.ts";
import type {
  AccountRecord,
  AgreementRecord,
  LinkUnderWay,
  ReconfirmationRecord,
  RequisitionRecord,
  TokenRecord,
} from "./records.ts";

/** The lifetimes of tokens in seconds, as the service reports them. */
export const ACCESS_EXPIRES = 86_400;
export const REFRESH_EXPIRES = 2_592_000;

/** The service's state: everything that its clients have created. */
export class ServiceState {
  readonly world: World;
  readonly agreements = new Map<string, AgreementRecord>();
  readonly requisitions = new Map<string, RequisitionRecord>();
  readonly accounts = new Map<string, AccountRecord>();
  /** By the id of the agreement. */
  readonly reconfirmations = new Map<string, ReconfirmationRecord>();
  /** By the id of the requisition. */
  readonly linking = new Map<string, LinkUnderWay>();
  /** The ids of the banks that have left the service. */
  readonly withdrawn = new Set<string>();
  /** The accounts for each bank account, oldest first: a bank may issue a new account id with each connection. */
  readonly #byBankAccount = new Map<string, AccountRecord[]>();
  readonly #tokens = new Map<string, TokenRecord>();

  constructor(world: World) {
    this.world = world;
  }

  /** Removes everything, before a snapshot is restored. */
  clear(): void {
    for (const records of [
      ...[this.agreements, this.requisitions, this.accounts, this.reconfirmations],
      ...[this.linking, this.withdrawn, this.#byBankAccount, this.#tokens],
    ]) {
      records.clear();
    }
  }

  /** The bank with this id, unless it is unknown or has left the service. */
  offeredBank(id: string): SandboxBank | undefined {
    return this.withdrawn.has(id) ? undefined : this.world.banks.get(id);
  }

  /** The banks that can be connected. */
  offeredBanks(): SandboxBank[] {
    return [...this.world.banks.values()].filter(({ id }) => !this.withdrawn.has(id));
  }

  /** Adds an account. */
  keepAccount(account: AccountRecord): void {
    this.accounts.set(account.id, account);
    const key = bankAccountKey(account.bankAccount);
    const known = this.#byBankAccount.get(key);
    if (known === undefined) this.#byBankAccount.set(key, [account]);
    else known.push(account);
  }

  /** The newest account for a bank account; undefined if it was never linked. */
  newestAccountOf(bankAccount: AccountRecord["bankAccount"]): AccountRecord | undefined {
    return this.accountsOf(bankAccount).at(-1);
  }

  /** All accounts that were ever linked to a bank account, oldest first. */
  accountsOf(bankAccount: AccountRecord["bankAccount"]): readonly AccountRecord[] {
    return this.#byBankAccount.get(bankAccountKey(bankAccount)) ?? [];
  }

  /** Issues a token that looks like the service's. */
  newToken(kind: TokenRecord["kind"]): string {
    const { clock } = this.world;
    const expiresAt = clock.now() + (kind === "access" ? ACCESS_EXPIRES : REFRESH_EXPIRES) * 1000;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      token_type: kind,
      exp: Math.floor(expiresAt / 1000),
      jti: this.world.newId().replaceAll("-", ""),
    };
    const signature = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
    const token = `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}.${signature}`;
    this.#tokens.set(token, { kind, expiresAt });
    return token;
  }

  /** Moves the end of all tokens, in milliseconds. */
  prolongTokens(by: number): void {
    for (const token of this.#tokens.values()) token.expiresAt += by;
  }

  /** Whether a token of this kind was issued and has not expired. */
  isTokenValid(token: string, kind: TokenRecord["kind"]): boolean {
    const known = this.#tokens.get(token);
    return known?.kind === kind && known.expiresAt > this.world.clock.now();
  }

  /** The tokens that have not expired, for a snapshot. */
  get tokens(): [string, TokenRecord][] {
    const now = this.world.clock.now();
    return [...this.#tokens].filter(([, { expiresAt }]) => expiresAt > now);
  }

  set tokens(tokens: readonly [string, TokenRecord][]) {
    for (const [text, token] of tokens) this.#tokens.set(text, token);
  }
}

function bankAccountKey({ bank, index }: AccountRecord["bankAccount"]): string {
  return `${bank} ${index}`;
}
