import type { Requisition } from "bankdata-core";
import { accessEnd, type EndUserAgreement } from "bankdata-core";
import { BankDataError } from "bankdata-core/base";
import { type ListWithUnreadable, withUnreadable } from "bankdata-core/schema";
import { closest } from "../config/closest.ts";
import { statusInWords } from "../connect/return-errors.ts";
import type { Session } from "../session.ts";
import { CommandFailure, EXIT, explain, renewal } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { isPrintable, line, type Printable, printable } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { isInteractive, styled } from "../ui/terminal.ts";
import { tellUnreadable } from "../ui/unreadable.ts";

const DAY = 86_400_000;

/** A consent that ends within so many days is warned of. */
const WARNED_FROM = 14;

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
    tellUnreadable(terminal, requisitions.unreadable.length, ["connection", "connections"]),
    tellUnreadable(terminal, agreements.unreadable.length, ["agreement", "agreements"]),
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
    renewWith: renewalOf(requisition),
  }));
  printList(terminal, options, items, () => printConnections(session, all));
  if (isForProgram(options)) return exitCode;
  if (all.length === 0 && exitCode === EXIT.done)
    note(terminal, line`Nothing is connected: bankdata connect`);
  for (const { requisition, bank, daysLeft, ended } of all) {
    if (ended || (daysLeft !== undefined && daysLeft <= WARNED_FROM)) {
      const when = ended || daysLeft === undefined ? "has ended" : `ends in ${counted(daysLeft, "day")}`;
      const ending = line` ${bank} ${when}. Renew it: `;
      terminal.err.line(styled("yellow", line`!`), ending, renewalOf(requisition));
    }
  }
  return exitCode;
}

/** All agreements, or none if they cannot be had: they only say when access ends, and the connections are there. */
async function agreementsIfAny(
  { client, terminal }: Session,
  connections: Promise<unknown>,
): Promise<ListWithUnreadable<EndUserAgreement>> {
  try {
    return await client.getAgreements();
  } catch (error) {
    if (!(error instanceof BankDataError)) throw error;
    await connections;
    note(terminal, line`When access ends is not known: `, explain(error).message);
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

/** The names of the banks that are connected; one whose name cannot be had is called by its id. */
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

function renewalOf(requisition: Requisition): Printable {
  return renewal(typedAs(requisition));
}

/** What a person types for a connection: its reference; its id if the reference cannot be typed as it is. */
export function typedAs({ reference, id }: Pick<Requisition, "reference" | "id">): string {
  return reference && isPrintable(reference) ? reference : id;
}

/** The connection that a person means, by its reference or its id. @throws CommandFailure where there is none */
export async function connectionCalled(
  { client, terminal }: Session,
  reference: string,
): Promise<Requisition> {
  const all = await client.getRequisitions();
  const found = all.find((one) => one.reference === reference) ?? all.find(({ id }) => id === reference);
  if (found !== undefined) return found;
  tellUnreadable(terminal, all.unreadable.length, ["connection", "connections"]);
  const meant = closest(
    reference,
    all.flatMap((one) => one.reference ?? []),
  );
  throw new CommandFailure(
    line`No connection is called "${reference}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    EXIT.usage,
    line`bankdata connections`,
  );
}

/** The connection that a person picks from the list. @throws CommandFailure where there is nobody to pick, or nothing */
async function pickedConnection({ client, terminal }: Session): Promise<Requisition> {
  const all = await client.getRequisitions();
  if (!isInteractive(terminal))
    throw new CommandFailure(line`Say which connection.`, EXIT.usage, line`bankdata connections`);
  if (all.length === 0)
    throw new CommandFailure(line`Nothing is connected.`, EXIT.failed, line`bankdata connect`);
  const { chosen } = await import("../ui/prompts.ts");
  const choices = all.map(({ id, reference, institution_id: bank, status }) => ({
    value: id,
    label: printable(reference ?? id),
    hint: line`${bank ?? ""}, ${statusInWords(status)}`,
  }));
  const id = await chosen(terminal, line`Which connection?`, choices);
  const picked = all.find((one) => one.id === id);
  if (picked === undefined) throw new TypeError("a prompt gave what was not offered");
  return picked;
}

/** Ends a connection: the consent is deleted at the service, and its accounts cannot be asked any more. */
export async function disconnect(
  session: Session,
  reference: string | undefined,
  yes: boolean | undefined,
): Promise<void> {
  const { client, terminal, options } = session;
  const requisition =
    reference === undefined ? await pickedConnection(session) : await connectionCalled(session, reference);
  const bank = requisition.institution_id ?? requisition.id;
  if (!yes && isInteractive(terminal)) {
    const { confirmed } = await import("../ui/prompts.ts");
    const count = counted(requisition.accounts?.length ?? 0, "account");
    if (!(await confirmed(terminal, line`Disconnect ${bank} with ${count}?`))) {
      note(terminal, line`Nothing was changed.`);
      return;
    }
  }
  const report = await client.deleteRequisition(requisition.id);
  if (isForProgram(options)) {
    terminal.out.json({ ...report, reference: requisition.reference, id: requisition.id });
  } else {
    terminal.out.line(line`${bank} is disconnected.`);
  }
}
