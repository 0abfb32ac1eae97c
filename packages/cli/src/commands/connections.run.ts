import { accessEnd, type EndUserAgreement, type Requisition } from "bankdata-core";
import { BankDataError } from "bankdata-core/base";
import { type ListWithUnreadable, withUnreadable } from "bankdata-core/schema";
import { statusInWords } from "../connect/status.ts";
import type { Session } from "../session/session.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line, type Printable } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { styled } from "../ui/terminal.ts";
import { noteUnreadable } from "../ui/unreadable.ts";

const DAY = 86_400_000;

/** A consent that ends within this number of days is warned of. */
const WARNING_DAYS = 14;

/** A connection with its consent. */
interface Connection {
  requisition: Requisition;
  endsAt: number | undefined;
  daysLeft: number | undefined;
  /** Whether it has to be renewed to be of use. */
  ended: boolean;
}

/**
 * Lists every connection: its bank, its status in words, its accounts, the days left, and how to renew it.
 *
 * @returns the exit code
 */
export async function connections(session: Session): Promise<number> {
  const { client, terminal, options } = session;
  const asked = client.getRequisitions();
  const [requisitions, agreements] = await Promise.all([asked, agreementsIfAny(session, asked)]);
  const unreadable = [
    noteUnreadable(terminal, requisitions.unreadable.length, ["connection", "connections"]),
    noteUnreadable(terminal, agreements.unreadable.length, ["agreement", "agreements"]),
  ];
  const exitCode = Math.max(...unreadable);
  const names = await bankNames(session, requisitions);
  const all = requisitions.map((requisition) => ({
    ...connectionOf(requisition, agreements, session.now()),
    bank: names.get(requisition.institution_id ?? "") ?? requisition.institution_id ?? "",
  }));
  const items = all.map(({ requisition, bank, endsAt, daysLeft, ended }) => ({
    ...requisition,
    bank,
    statusInWords: ended ? "ended" : statusInWords(requisition.status),
    accessValidUntil: endsAt === undefined ? null : new Date(endsAt).toISOString(),
    daysLeft: daysLeft ?? null,
    renewWith: renewCommandFor(requisition),
  }));
  printList(terminal, options, items, () => printConnections(session, all));
  if (isForProgram(options)) return exitCode;
  if (all.length === 0 && exitCode === EXIT.done)
    note(terminal, line`Nothing is connected: bankdata connect`);
  for (const { requisition, bank, daysLeft, ended } of all) {
    if (ended || (daysLeft !== undefined && daysLeft <= WARNING_DAYS)) {
      const when = ended || daysLeft === undefined ? "has ended" : `ends in ${counted(daysLeft, "day")}`;
      const ending = line` ${bank} ${when}. Renew it: `;
      terminal.err.line(styled("yellow", line`!`), ending, renewCommandFor(requisition));
    }
  }
  return exitCode;
}

/** All agreements, or none if they cannot be read: they only say when access ends, and the connections are listed anyway. */
async function agreementsIfAny(
  { client, terminal }: Session,
  connections: Promise<unknown>,
): Promise<ListWithUnreadable<EndUserAgreement>> {
  try {
    return await client.getAgreements();
  } catch (error) {
    if (!(error instanceof BankDataError)) throw error;
    await connections;
    note(terminal, line`It is not known when access ends: `, explain(error).message);
    return withUnreadable([], []);
  }
}

function printConnections({ terminal }: Session, all: readonly (Connection & { bank: string })[]): void {
  printTable(
    terminal,
    [
      { title: line`Reference`, flexible: true },
      { title: line`Bank`, flexible: true },
      { title: line`Status`, flexible: true },
      { title: line`Accounts`, align: "right" },
      { title: line`Days left`, align: "right" },
    ],
    all.map(({ requisition, bank, daysLeft, ended }) =>
      row(
        requisition.reference ?? requisition.id,
        bank,
        ended ? "ended" : statusInWords(requisition.status),
        String(requisition.accounts?.length ?? 0),
        daysLeft === undefined || ended ? "" : String(daysLeft),
      ),
    ),
  );
}

/** The names of the banks that are connected; one whose name cannot be read is called by its id. */
async function bankNames(
  { client }: Session,
  requisitions: readonly Requisition[],
): Promise<Map<string, string>> {
  const ids = new Set(requisitions.flatMap(({ institution_id: id }) => id ?? []));
  const named = [...ids].map(async (id): Promise<[string, string]> => {
    const bank = await client.getInstitution(id).catch(() => undefined);
    return [id, bank?.name ?? id];
  });
  return new Map(await Promise.all(named));
}

function connectionOf(
  requisition: Requisition,
  agreements: readonly EndUserAgreement[],
  now: number,
): Connection {
  const agreement = agreements.find(({ id }) => id === requisition.agreement);
  const linked = requisition.status === "LN" || requisition.status === "EX";
  const end = agreement === undefined || !linked ? null : accessEnd(agreement);
  const endsAt = end === null ? undefined : Date.parse(end);
  return {
    requisition,
    endsAt,
    daysLeft: endsAt === undefined ? undefined : Math.max(0, Math.floor((endsAt - now) / DAY)),
    ended:
      requisition.status === "EX" || requisition.status === "SU" || (endsAt !== undefined && endsAt <= now),
  };
}

function renewCommandFor(requisition: Requisition): Printable {
  return renewCommand(typeableReference(requisition));
}
