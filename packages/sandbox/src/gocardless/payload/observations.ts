import { dateAt } from "../../banks/day.ts";
import type { Observation, ObservedMovement, SandboxAccount } from "../../banks/index.ts";
import type { Viewpoint } from "../../banks/shown.ts";
import type { AccountRecord, GivenResponse } from "../state/records.ts";
import { type Change, type Evidence, evidenceOf, markCrossings } from "./crossings.ts";
import { RememberedEntries } from "./remembered-entries.ts";
import { Resemblance } from "./resemblance.ts";
import { pendingEntries, type ReportedEntry } from "./transactions.ts";
import { stablePart, unstableMembers } from "./unstable-members.ts";

/** A complete response that showed true entries. */
interface CompleteResponse {
  /** The account id that was asked. */
  account: string;
  /** How many complete responses preceded it under this account id. */
  number: number;
  /** How many account ids the bank had issued before this one. */
  connection: number;
  given: GivenResponse;
}

/** The last form in which an entry was shown in a list. */
interface Latest {
  observation: Observation;
  /** What was shown, which is the same object again if nothing about it has changed. */
  entry: ReportedEntry;
  text: string;
  form: number;
  evidence: Evidence;
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
        .map((given, number) => ({ account: id, number, connection, given })),
    )
    .filter(({ given }) => !given.setPayloads)
    .sort((a, b) => a.given.at - b.given.at || a.given.call - b.given.call);
}

/** Notes what each response shows, one after the other. */
class Notes {
  readonly #account: SandboxAccount;
  readonly #entries: RememberedEntries;
  readonly #unstable: ReadonlySet<string>;
  readonly #observed = new Map<string, ObservedMovement>();
  readonly #latest = { booked: new Map<string, Latest>(), pending: new Map<string, Latest>() };
  readonly #formOf = new Map<Observation, number>();
  readonly #resemblance = new Resemblance();
  /** What each entry was last shown as, and by which of all responses. */
  readonly #last = new Map<string, { latest: Latest; response: number }>();
  #changes: Change[] = [];
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
      this.#note(entry, "booked", { ...response, position });
      position += 1;
    }
    if (!this.#account.quirks.includes("missingPending")) {
      for (const [index, entry] of pendingEntries(this.#account, view, range).entries()) {
        this.#note(entry, "pending", { ...response, position: index });
      }
    }
    markCrossings(this.#changes);
    this.#changes = [];
    this.#responses += 1;
  }

  #note(
    entry: ReportedEntry,
    status: Observation["status"],
    place: CompleteResponse & { position: number },
  ): void {
    const { id } = entry.movement;
    const latestIn = this.#latest[status];
    let latest = latestIn.get(id);
    if (latest?.entry !== entry || latest.observation.account !== place.account) {
      latest = this.#formOfEntry(entry, status, place);
      latestIn.set(id, latest);
    }
    const { seen } = latest.observation;
    // A row that a response repeats says nothing more about the entry.
    if (seen.at(-1)?.response !== place.number) this.#resemblance.note(id, this.#responses, latest.form);
    seen.push({ response: place.number, position: place.position });
    this.#noteChange(id, latest);
  }

  #noteChange(id: string, latest: Latest): void {
    const last = this.#last.get(id);
    // What a response shows in both lists counts as what it shows first, which is what is booked.
    if (last?.response === this.#responses) return;
    this.#last.set(id, { latest, response: this.#responses });
    if (last === undefined || last.latest.form === latest.form) return;
    const [before, after] = [last.latest.evidence, latest.evidence];
    const { observation } = latest;
    this.#changes.push({ id, last: last.response, before, after, observation });
  }

  /** The last form in which the entry was shown in the list if it is still the same, else a new one. */
  #formOfEntry(
    entry: ReportedEntry,
    status: Observation["status"],
    { account, given }: CompleteResponse,
  ): Latest {
    const { movement, payload } = entry;
    const text = `${account} ${status} ${JSON.stringify(payload)}`;
    const latest = this.#latest[status].get(movement.id);
    if (latest?.text === text) return { ...latest, entry };
    const on = dateAt(new Date(given.at));
    const observation: Observation = {
      ...{ on, account, status, payload },
      ...{ seen: [], indistinguishableFrom: [], mayContinue: [] },
    };
    const evidence = evidenceOf(observation, this.#unstable);
    const stable = JSON.stringify(stablePart(payload, this.#unstable));
    const form = this.#resemblance.formOf(status, stable);
    this.#formOf.set(observation, form);
    const known = this.#observed.get(movement.id);
    if (known === undefined) {
      this.#observed.set(movement.id, { movement, observed: [observation], indistinguishableFrom: [] });
    } else known.observed.push(observation);
    return { observation, entry, text, form, evidence };
  }

  /** All that was noted, with what cannot be told apart. */
  finished(): Map<string, ObservedMovement> {
    for (const [id, { observed }] of this.#observed) {
      for (const observation of observed) {
        const alike = this.#resemblance.shownAs(this.#formOf.get(observation) ?? -1);
        observation.indistinguishableFrom = [...alike].filter((other) => other !== id);
      }
    }
    for (const group of this.#resemblance.groups()) {
      for (const id of group) {
        const entry = this.#observed.get(id);
        if (entry !== undefined) entry.indistinguishableFrom = group.filter((other) => other !== id);
      }
    }
    return this.#observed;
  }
}
