import { dateAt } from "../../banks/day.ts";
import type { Observation, ObservedMovement, SandboxAccount } from "../../banks/index.ts";
import type { Viewpoint } from "../../banks/shown.ts";
import type { AccountRecord, GivenResponse } from "../state/records.ts";
import { type Beginning, type Change, type Ending, markCrossings, markEndings } from "./crossings.ts";
import { RememberedEntries } from "./remembered-entries.ts";
import { Resemblance } from "./resemblance.ts";
import { pendingEntries, type ReportedEntry } from "./transactions.ts";
import { comparisonOf, stablePart, type UnstableMembers, unstableMembers } from "./unstable-members.ts";

/** A complete response that showed true entries. */
interface CompleteResponse {
  /** The account id that was asked. */
  account: string;
  /** How many complete responses preceded it under this account id. */
  number: number;
  /** How many account ids the bank had issued before this one. */
  connection: number;
  /** Its date. */
  on: string;
  given: GivenResponse;
}

/** The last form in which an entry was shown in a list. */
interface Latest {
  observation: Observation;
  /** What was shown, which is the same object again if nothing about it has changed. */
  entry: ReportedEntry;
  form: number;
}

/** What is known so far of an entry. */
interface Life {
  known: ObservedMovement;
  /** The last form in each list. */
  latest: Partial<Record<Observation["status"], Latest>>;
  /** The last form in either list, and the index of the response that showed it. */
  last: Latest | undefined;
  response: number;
}

/**
 * What the complete responses so far have shown of a bank account, by movement id.
 *
 * @param accounts the accounts with all ids that the bank account has had
 */
export function observations(accounts: readonly AccountRecord[]): Map<string, ObservedMovement> {
  const [first] = accounts;
  if (first === undefined) return new Map();
  const notes = new Notes(first.bankAccount);
  for (const response of completeResponses(accounts)) notes.add(response);
  return notes.finished();
}

function completeResponses(accounts: readonly AccountRecord[]): CompleteResponse[] {
  return accounts
    .flatMap(({ id, answers }, connection) =>
      answers
        .filter(({ incomplete }) => !incomplete)
        .map((given, number) => ({
          account: id,
          number,
          connection,
          on: dateAt(new Date(given.at)),
          given,
        })),
    )
    .filter(({ given }) => !given.setPayloads)
    .sort((a, b) => a.given.at - b.given.at || a.given.call - b.given.call);
}

/** Notes what each response shows, one after the other. */
class Notes {
  readonly #account: SandboxAccount;
  readonly #entries: RememberedEntries;
  readonly #unstable: UnstableMembers;
  readonly #lives = new Map<string, Life>();
  readonly #resemblance = new Resemblance();
  /** The changes with the response that is being noted, and with all before it. */
  #changes: Change[] = [];
  readonly #earlier: Change[] = [];
  /** The entries that the response that is being noted is the first to show. */
  #beginnings: Beginning[] = [];
  #responses = 0;

  constructor(account: SandboxAccount) {
    this.#account = account;
    this.#entries = new RememberedEntries(account);
    this.#unstable = unstableMembers(account.payloadQuirks);
  }

  add(response: CompleteResponse): void {
    const { at, call, range } = response.given;
    const view: Viewpoint = { at: new Date(at), call, connection: response.connection };
    let position = 0;
    for (const entry of this.#entries.booked(view, range)) {
      this.#note(entry, "booked", position, response);
      position += 1;
    }
    if (!this.#account.quirks.includes("missingPending")) {
      for (const [index, entry] of pendingEntries(this.#account, view, range).entries()) {
        this.#note(entry, "pending", index, response);
      }
    }
    markCrossings(this.#changes, this.#beginnings, this.#unstable);
    this.#earlier.push(...this.#changes);
    this.#changes = [];
    this.#beginnings = [];
    this.#responses += 1;
  }

  #note(
    entry: ReportedEntry,
    status: Observation["status"],
    position: number,
    response: CompleteResponse,
  ): void {
    const life = this.#lifeOf(entry);
    const { id } = entry.movement;
    let latest = life.latest[status];
    if (latest?.entry !== entry || latest.observation.account !== response.account) {
      latest = this.#formOfEntry(life, entry, status, response);
      life.latest[status] = latest;
    }
    const { seen } = latest.observation;
    // A row that a response repeats says nothing more about the entry.
    if (seen.at(-1)?.response !== response.number) this.#resemblance.note(id, this.#responses, latest.form);
    seen.push({ response: response.number, position });
    // What a response shows in both lists counts as what it shows first, which is what is booked.
    if (life.response !== this.#responses) this.#noteChange(life, latest);
  }

  #lifeOf({ movement }: ReportedEntry): Life {
    const life = this.#lives.get(movement.id);
    if (life !== undefined) return life;
    const known: ObservedMovement = { movement, observed: [], indistinguishableFrom: [] };
    const begun: Life = { known, latest: {}, last: undefined, response: -1 };
    this.#lives.set(movement.id, begun);
    return begun;
  }

  #noteChange(life: Life, latest: Latest): void {
    const { last: before, response: last } = life;
    life.last = latest;
    life.response = this.#responses;
    const { observation: after } = latest;
    const { movement, observed: forms } = life.known;
    if (before === undefined) this.#beginnings.push({ id: movement.id, after, forms });
    // A form that comes again has its marks from the time when it came first.
    if (before === undefined || before.form === latest.form || after.seen.length > 1) return;
    this.#changes.push({ id: movement.id, before: before.observation, after, forms, last });
  }

  /** The last form in which the entry was shown in the list if it is still the same, else a new one. */
  #formOfEntry(
    life: Life,
    entry: ReportedEntry,
    status: Observation["status"],
    { account, on }: CompleteResponse,
  ): Latest {
    const { payload } = entry;
    const unstable = this.#unstable[status];
    const { known } = life;
    const latest = life.latest[status];
    const comparison =
      latest === undefined ? "different" : comparisonOf(latest.entry.payload, payload, unstable);
    if (latest !== undefined && comparison === "equal" && latest.observation.account === account)
      return { ...latest, entry };
    const form =
      latest === undefined || comparison === "different"
        ? this.#resemblance.formOf(status, JSON.stringify(stablePart(payload, unstable)))
        : latest.form;
    const observation: Observation = {
      ...{ on, account, status, payload, form },
      ...{ seen: [], indistinguishableFrom: [], mayContinue: [] },
    };
    known.observed.push(observation);
    return { observation, entry, form };
  }

  /** The entries that the last response did not show. */
  #endings(): Ending[] {
    return [...this.#lives].flatMap(([id, { known, last, response }]) =>
      last === undefined || response === this.#responses - 1
        ? []
        : [{ id, forms: known.observed, before: last.observation, last: response }],
    );
  }

  /** All that was noted, with what cannot be told apart. */
  finished(): Map<string, ObservedMovement> {
    markEndings(this.#earlier, this.#endings(), this.#unstable);
    const found = new Map<string, ObservedMovement>();
    for (const [id, { known }] of this.#lives) {
      found.set(id, known);
      for (const observation of known.observed) {
        const alike = this.#resemblance.shownAs(observation.form);
        if (alike.size > 1) observation.indistinguishableFrom = [...alike].filter((other) => other !== id);
      }
    }
    for (const group of this.#resemblance.groups()) {
      for (const id of group) {
        const known = found.get(id);
        if (known !== undefined) known.indistinguishableFrom = group.filter((other) => other !== id);
      }
    }
    return found;
  }
}
