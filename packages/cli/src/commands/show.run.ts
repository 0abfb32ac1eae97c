import type { ArchivedObservation, ArchivedTransaction } from "bankdata-archive";
import { accountName } from "../accounts/connected-accounts.ts";
import { accountMembers } from "../accounts/items.ts";
import { type KeptAccount, keptAccounts, openedArchive } from "../archived/kept-accounts.ts";
import { transactionNamed } from "../archived/transaction-named.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { EXIT } from "../ui/exit.ts";
import { counted, displayAmount, formatPast, localDate } from "../ui/format.ts";
import { printOne, printTable } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { styled } from "../ui/terminal.ts";

/** Tells the whole life of a transaction. @throws CommandFailure if the id means none or several */
export async function showTransaction(context: ArchiveContext, name: string): Promise<number> {
  const { terminal, options } = context;
  await using archive = await openedArchive(context);
  const transaction = await transactionNamed(archive, name);
  const account = (await keptAccounts(context, archive)).find(({ kept }) => kept.id === transaction.account);
  const observations: ArchivedObservation[] = [];
  for await (const one of archive.observations(transaction.id)) observations.push(one);
  const { account: archiveAccount, ...members } = transaction;
  const item = {
    ...(account === undefined ? {} : accountMembers(account)),
    ...{ archiveAccount, ...members, observations },
  };
  printOne(terminal, options, item, () => printLife(context, { transaction, account, observations }));
  return EXIT.done;
}

/** A transaction, and what became known of it. */
interface Life {
  readonly transaction: ArchivedTransaction;
  readonly account: KeptAccount | undefined;
  readonly observations: readonly ArchivedObservation[];
}

function printLife({ terminal, now }: ArchiveContext, { transaction, account, observations }: Life): void {
  const { out } = terminal;
  const { id, date, amount, currency, counterparty, text, status, certain } = transaction;
  const facts: [Printable, string][] = [
    [line`Amount`, `${displayAmount(amount, currency)} ${currency}`],
    [line`Date`, date],
    [line`Booked`, transaction.bookingDate ?? ""],
    [line`Value date`, transaction.valueDate ?? ""],
    [line`Who`, counterparty ?? ""],
    [line`What`, text],
    [line`Account`, account === undefined ? "" : accountName(account)],
    [line`Status`, certain ? status : `${status}, not certain`],
    [line`Id`, id],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts)
    if (value !== "") out.line(styled("dim", line`${name.padEnd(width)}  `), printable(value));
  out.line(line``);
  const spans = spansOf(observations);
  printTable(
    terminal,
    [
      { title: line`Seen` },
      { title: line`As` },
      { title: line`What was new`, flexible: true, least: 24 },
      { title: line`Recognised by`, flexible: true, least: 16, drop: 1 },
    ],
    spans.map(({ first, last, count, before }) =>
      row(
        formatPast(first.observedAt.getTime(), now()),
        // As people count.
        `${first.status}, row ${first.position + 1}`,
        whatIsNew(first, before, count, last),
        first.certain ? first.rule : `${first.rule} (not certain)`,
      ),
    ),
  );
}

/** Responses that follow each other and say the same. */
interface Span {
  readonly first: ArchivedObservation;
  last: ArchivedObservation;
  count: number;
  readonly before: ArchivedObservation | undefined;
}

function spansOf(observations: readonly ArchivedObservation[]): Span[] {
  const spans: Span[] = [];
  for (const one of observations) {
    const span = spans.at(-1);
    if (span !== undefined && differences(span.first, one).length === 0 && span.first.status === one.status) {
      span.last = one;
      span.count += 1;
    } else spans.push({ first: one, last: one, count: 1, before: span?.last });
  }
  return spans;
}

function whatIsNew(
  one: ArchivedObservation,
  before: ArchivedObservation | undefined,
  count: number,
  last: ArchivedObservation,
): string {
  const news =
    before === undefined
      ? [`${one.amount} ${one.currency}, ${one.counterparty ?? one.text}`]
      : differences(before, one);
  const said = news.length === 0 ? "the same" : news.join("; ");
  if (count === 1) return said;
  return `${said}; unchanged in ${counted(count - 1, "more response")} until ${localDate(last.observedAt.getTime())}`;
}

/** What differs between two observations, in words. */
function differences(was: ArchivedObservation, is: ArchivedObservation): string[] {
  const changes: string[] = [];
  const compare = (name: string, one: string | null, other: string | null) => {
    if (one !== other) changes.push(`${name} ${other ?? "none"}, was ${one ?? "none"}`);
  };
  compare("amount", was.amount, is.amount);
  compare("currency", was.currency, is.currency);
  compare("booked", was.bookingDate, is.bookingDate);
  compare("value date", was.valueDate, is.valueDate);
  compare("who", was.counterparty, is.counterparty);
  compare("text", was.text, is.text);
  compare("transaction id", was.ids.transactionId, is.ids.transactionId);
  compare("internal id", was.ids.internalTransactionId, is.ids.internalTransactionId);
  compare("entry reference", was.ids.entryReference, is.ids.entryReference);
  if (changes.length === 0 && JSON.stringify(was.raw) !== JSON.stringify(is.raw))
    changes.push("other members");
  return changes;
}
