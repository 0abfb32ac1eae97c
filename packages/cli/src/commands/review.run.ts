import type { Archive, Doubt, Verdict } from "bankdata-archive";
import { accountName } from "../accounts/connected-accounts.ts";
import { accountMembers } from "../accounts/items.ts";
import {
  type KeptAccount,
  keptAccounts,
  openedArchive,
  requiredKeptAccount,
} from "../archived/kept-accounts.ts";
import { transactionNamed } from "../archived/transaction-named.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { CommandFailure } from "../ui/command-failure.ts";
import { EXIT } from "../ui/exit.ts";
import { counted, displayAmount, idEnd, localDate } from "../ui/format.ts";
import { isForProgram, money, note, printAligned, printList, printTable } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { type Row, row } from "../ui/table.ts";
import { isInteractive, styled } from "../ui/terminal.ts";

/** Lists what is not certain, and asks about it, if there is a terminal. @returns the exit code */
export async function review(
  context: ArchiveContext,
  name: string | undefined,
  { list = false }: { list?: boolean | undefined },
): Promise<number> {
  const { terminal, options } = context;
  await using archive = await openedArchive(context);
  const all = await keptAccounts(context, archive);
  const account = name === undefined ? undefined : requiredKeptAccount(name, all).kept.id;
  const doubts = await doubtsOf(archive, account);
  if (!list && !isForProgram(options) && isInteractive(terminal)) {
    await askAll(context, archive, all, doubts);
    return EXIT.done;
  }
  printList(
    terminal,
    options,
    doubts.map((doubt) => itemOf(doubt, all)),
    () => {
      printTable(
        terminal,
        [
          { title: line`Id`, short: idEnd },
          { title: line`Seen` },
          { title: line`Date` },
          { title: line`Who`, flexible: true, least: 10 },
          { title: line`Amount`, align: "decimal" },
          { title: line`` },
          { title: line`As` },
          { title: line`Believed`, flexible: true, least: 9, drop: 1 },
        ],
        doubts.flatMap((doubt) => rowsOf(doubt)),
      );
      if (doubts.length === 0) note(terminal, line`Nothing is uncertain.`);
      else
        note(
          terminal,
          line`${counted(doubts.length, "question")}. Answer one with bankdata review ID same, different or twin.`,
        );
    },
  );
  return EXIT.done;
}

/** Answers the one question about a transaction. @throws CommandFailure if there is none, or several */
export async function answerOne(
  context: ArchiveContext,
  name: string,
  answer: string,
  verdicts: readonly Verdict[],
): Promise<number> {
  const verdict = verdicts.find((one) => one === answer);
  if (verdict === undefined)
    throw new CommandFailure(
      line`"${answer}" is no answer: use same, different or twin.`,
      EXIT.usage,
      line`See bankdata review --help`,
    );
  await using archive = await openedArchive(context);
  const { id, account } = await transactionNamed(archive, name);
  const [doubt, ...others] = (await doubtsOf(archive, account)).filter(
    ({ transaction }) => transaction.id === id,
  );
  if (doubt === undefined)
    throw new CommandFailure(
      line`${printable(id)} is not uncertain.`,
      EXIT.usage,
      line`bankdata review --list`,
    );
  await archive.decide([{ ...doubt, verdict }]);
  const { terminal } = context;
  if (others.length > 0)
    note(terminal, line`${counted(others.length, "more question")} about it: run the same command again.`);
  note(terminal, line`Kept: ${WORDS[verdict]}.`);
  return EXIT.done;
}

const WORDS: Readonly<Record<Verdict, Printable>> = {
  same: line`one transaction`,
  different: line`two transactions`,
  twin: line`two transactions that look alike`,
};

async function doubtsOf(archive: Archive, account: string | undefined): Promise<Doubt[]> {
  const doubts: Doubt[] = [];
  for await (const doubt of archive.doubts({ account })) doubts.push(doubt);
  return doubts;
}

function itemOf(doubt: Doubt, all: readonly KeptAccount[]) {
  const account = all.find(({ kept }) => kept.id === doubt.transaction.account);
  const { transaction, rule, cost, believed, one, other } = doubt;
  return {
    ...(account === undefined ? {} : accountMembers(account)),
    ...{ id: transaction.id, believed, rule, cost, one, other },
  };
}

/** The two rows of a question, the earlier one first. */
function rowsOf({ one, other, believed, rule, transaction }: Doubt): Row[] {
  return [one, other].map(({ observation }, at) => {
    const { observedAt, status, bookingDate, valueDate, counterparty, text, amount, currency } = observation;
    return row(
      at === 0 ? transaction.id : "",
      localDate(observedAt.getTime()),
      bookingDate ?? valueDate,
      counterparty ?? text,
      money(displayAmount(amount, currency)),
      currency,
      status,
      at === 0 ? `${believed === "same" ? "one" : "two"}: ${rule}` : "",
    );
  });
}

/** Asks one question after the other, and keeps each answer at once. */
async function askAll(
  { terminal }: ArchiveContext,
  archive: Archive,
  all: readonly KeptAccount[],
  doubts: readonly Doubt[],
): Promise<void> {
  const { chosen } = await import("../ui/prompts.ts");
  if (doubts.length === 0) terminal.out.line(line`Nothing is uncertain.`);
  let kept = 0;
  for (const [at, doubt] of doubts.entries()) {
    // An answer may have ended this one, too.
    if (at > 0 && (await archive.transaction(doubt.transaction.id))?.certain !== false) continue;
    const account = all.find(({ kept: { id } }) => id === doubt.transaction.account);
    terminal.out.line(line``);
    terminal.out.line(
      styled("bold", line`${at + 1} of ${doubts.length}`),
      styled("dim", line`  ${account === undefined ? "" : accountName(account)}`),
    );
    printBeside(terminal, doubt);
    const answer = await chosen(terminal, questionOf(doubt), [
      { value: "same", label: line`Yes, it is the same`, hint: line`one transaction` },
      { value: "different", label: line`No, they are two`, hint: line`something else` },
      { value: "twin", label: line`No, two that look alike`, hint: line`both are real, such as two coffees` },
      { value: "later", label: line`Later`, hint: line`` },
      { value: "quit", label: line`Quit`, hint: line`` },
    ]);
    if (answer === "quit") break;
    if (answer !== "same" && answer !== "different" && answer !== "twin") continue;
    await archive.decide([{ ...doubt, verdict: answer }]);
    kept += 1;
  }
  if (kept > 0) note(terminal, line`Kept ${counted(kept, "answer")}.`);
}

function questionOf({ believed, rule }: Doubt): Printable {
  const belief = believed === "same" ? "bankdata took them for the same" : "bankdata took them for two";
  return line`Are these the same transaction? ${belief} (${rule}), but is not sure.`;
}

/** Prints the two rows side by side, one member a line; what differs stands out. */
function printBeside(terminal: ArchiveContext["terminal"], { one, other }: Doubt): void {
  const [was, is] = [one.observation, other.observation];
  const members: [Printable, string, string][] = [
    [line`Seen`, localDate(was.observedAt.getTime()), localDate(is.observedAt.getTime())],
    [line`As`, was.status, is.status],
    [
      line`Amount`,
      `${displayAmount(was.amount, was.currency)} ${was.currency}`,
      `${displayAmount(is.amount, is.currency)} ${is.currency}`,
    ],
    [line`Booked`, was.bookingDate ?? "", is.bookingDate ?? ""],
    [line`Value date`, was.valueDate ?? "", is.valueDate ?? ""],
    [line`Who`, was.counterparty ?? "", is.counterparty ?? ""],
    [line`What`, was.text, is.text],
    [line`Id`, was.ids.transactionId ?? "", is.ids.transactionId ?? ""],
  ];
  printAligned(
    terminal,
    [
      { title: line`` },
      { title: line`Earlier`, flexible: true, least: 12 },
      { title: line`Later`, flexible: true, least: 12 },
    ],
    members
      .filter(([, left, right]) => left !== "" || right !== "")
      .map(([name, left, right]) =>
        row(
          { text: name, style: "dim" },
          printable(left),
          left === right
            ? { text: printable(right), style: "dim" }
            : { text: printable(right), style: "yellow" },
        ),
      ),
  );
}
