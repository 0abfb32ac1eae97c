import { dateOf } from "bankdata-core/base";
import { type Evidence, evidenceOf, type IdKind } from "./evidence.ts";
import { type Memory, memoryFrom } from "./memory.ts";
import type { ArchivedStatus, Known, KnownTransaction, Move, Recognition, Response, Row } from "./model.ts";
import { jsonOfNotes, type Notes, notesFrom } from "./notes.ts";
import { areApart, Ruled } from "./ruled.ts";
import type { Rule } from "./rules.ts";

/** Two families of lists: a row in one is never told from its content to be a transaction of the other. */
export type Family = "booked" | "announced";

function familyOf(list: Row["status"]): Family {
  return list === "booked" ? "booked" : "announced";
}

/** What the user said of a row or a transaction. */
export type RuledRows = Ruled<Candidate, Sighting>;

/** A row of the response, until it is known which transaction it is. */
export class Sighting {
  readonly row: Row;
  readonly family: Family;
  /** The transaction that it was recognised as. */
  candidate: Candidate | undefined;
  /** The row that it repeats. */
  repeats: Sighting | undefined;
  rule: Rule = "new";
  cost = 0;
  certain = true;
  /** What the user said of it; undefined for most. */
  ruled: RuledRows | undefined;
  readonly #today: string;
  #evidence: Evidence | undefined;

  constructor(row: Row, today: string) {
    this.row = row;
    this.family = familyOf(row.status);
    this.#today = today;
  }

  get evidence(): Evidence {
    this.#evidence ??= evidenceOf(this.row.entry, this.#today);
    return this.#evidence;
  }

  get isOpen(): boolean {
    return this.candidate === undefined && this.repeats === undefined;
  }

  /** What the user said of it, or of the transaction that it was recognised as. */
  get ruledSoFar(): RuledRows | undefined {
    return this.candidate?.main.ruled ?? this.ruled;
  }

  /** Whether it can be a transaction at all: the user told it from some. */
  mayBe(candidate: Candidate): boolean {
    return !areApart(this.ruled, candidate.main.ruled);
  }
}

const NONE: readonly Candidate[] = [];

/** A known transaction, or a new one, and what the response makes of it. */
export class Candidate {
  readonly id: string;
  /** Null if it is new. */
  readonly was: KnownTransaction | null;
  readonly family: Family;
  status: ArchivedStatus;
  certain: boolean;
  /** The row that was recognised as it, if any was. */
  sighting: Sighting | undefined;
  /** The transaction that it turned out to be. */
  mergedInto: Candidate | undefined;
  /** The transaction of which this is only another row: one that the bank shows beside, as the user said. */
  partOf: Candidate | undefined;
  /** The other rows as which it may be shown. */
  beside: readonly Candidate[] = NONE;
  /** What the user said of it; undefined for most. */
  ruled: RuledRows | undefined;
  readonly #today: string;
  #evidence: Evidence | undefined;
  #notes: Notes | undefined;

  constructor(id: string, was: KnownTransaction | null, sighting: Sighting | undefined, today: string) {
    this.id = id;
    this.was = was;
    this.sighting = sighting;
    this.family = familyOf(was?.list ?? sighting?.row.status ?? "booked");
    this.status = was?.status ?? sighting?.row.status ?? "booked";
    this.certain = was?.certain ?? sighting?.certain ?? true;
    this.#today = today;
  }

  /** That of the row by which it was known before. */
  get evidence(): Evidence {
    if (this.was === null && this.sighting !== undefined) return this.sighting.evidence;
    this.#evidence ??= evidenceOf(this.#known().entry, this.#today);
    return this.#evidence;
  }

  get notes(): Notes {
    this.#notes ??= notesFrom(this.was?.notes ?? null);
    return this.#notes;
  }

  /** Whether nothing ended it: it is not vanished, retracted or void. */
  get isLive(): boolean {
    return this.status === "booked" || this.status === "pending" || this.status === "scheduled";
  }

  get isFree(): boolean {
    return this.sighting === undefined;
  }

  /** Whether any row is it. */
  get isShown(): boolean {
    return this.sighting !== undefined || this.beside.some(({ sighting }) => sighting !== undefined);
  }

  /** The transaction: itself, or that of which it is another row. */
  get main(): Candidate {
    return this.partOf ?? this;
  }

  /** As it is after the response; null if nothing of it changed. */
  changed(): KnownTransaction | null {
    const { was, sighting } = this;
    const notes = this.#notes === undefined ? (was?.notes ?? null) : jsonOfNotes(this.#notes);
    const latest = sighting?.row;
    const isSame =
      was !== null &&
      was.status === this.status &&
      was.certain === this.certain &&
      was.notes === notes &&
      (latest === undefined || (latest.content === was.content && latest.status === was.list));
    if (isSame) return null;
    return {
      id: this.id,
      status: this.status,
      certain: this.certain,
      entry: latest?.entry ?? this.#known().entry,
      content: latest?.content ?? this.#known().content,
      list: latest?.status ?? this.#known().list,
      notes,
    };
  }

  #known(): KnownTransaction {
    if (this.was === null) throw new TypeError("A new transaction has a row.");
    return this.was;
  }
}

/** A transaction, and the booked row that it became. */
export interface Settled {
  readonly candidate: Candidate;
  readonly sighting: Sighting;
}

/** A response beside what is known. */
export interface Comparison {
  readonly response: Response;
  /** The day of the response, counted from 1970; never before that of the response before. */
  readonly day: number;
  /** The day of the response before it, as far as that is known. */
  readonly before: number | null;
  readonly today: string;
  /** Whether the account is read under another handle than before. */
  readonly isReconnected: boolean;
  readonly sightings: readonly Sighting[];
  readonly candidates: Candidate[];
  readonly memory: Memory;
  /** The ids that stand at rows of different content in this response. */
  sharedIds: ReadonlySet<string>;
  /** Whether it shows so little that nothing is missing. */
  isShort: boolean;
  /** What became booked with this response. */
  readonly settled: Settled[];
  /** Ids that all changed at once with this response. */
  readonly renewedIds: Set<IdKind>;
  /** What the user said; empty for most. */
  readonly ruled: RuledRows[];
  /** What became one because the user said so. */
  readonly ruledMoves: Move[];
}

const DAY = 86_400_000;

export function comparisonOf(response: Response, known: Known): Comparison {
  const memory = memoryFrom(known.memory);
  const previous =
    known.previous === undefined ? memory.day : Math.floor((known.previous?.observedAt ?? -Infinity) / DAY);
  const earlier = Math.max(previous, memory.day);
  const day = Math.max(Math.floor(response.observedAt / DAY), earlier);
  const today = dateOf(day * DAY);
  return {
    response,
    day,
    before: Number.isFinite(earlier) ? earlier : null,
    today,
    isReconnected: Number.isFinite(earlier) && memory.handle !== response.handle,
    sightings: response.rows.map((row) => new Sighting(row, today)),
    candidates: known.transactions.map((one) => new Candidate(one.id, one, undefined, today)),
    memory,
    sharedIds: new Set(),
    isShort: false,
    settled: [],
    renewedIds: new Set(),
    ruled: [],
    ruledMoves: [],
  };
}

/** How surely a row is a transaction. */
export type Judgement = Pick<Recognition, "cost" | "certain"> & { readonly rule: Rule };

export function recognise(
  sighting: Sighting,
  candidate: Candidate,
  { rule, cost, certain }: Judgement,
): void {
  Object.assign(sighting, { candidate, rule, cost, certain });
  candidate.sighting = sighting;
  candidate.certain &&= certain;
  candidate.status = sighting.row.status;
  if (candidate.was?.notes) delete candidate.notes.missed;
  if (sighting.ruled !== undefined) ruledOf(candidate.main).join(sighting.ruled);
}

/** What the user said of a transaction, or will be found to have said. */
export function ruledOf(candidate: Candidate): RuledRows {
  candidate.ruled ??= new Ruled();
  candidate.ruled.whole.candidates.add(candidate);
  return candidate.ruled;
}
