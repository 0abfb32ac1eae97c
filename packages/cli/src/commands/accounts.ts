import type { DataKind } from "bankdata-core/limits";
import {
  type ConnectedAccount,
  chosenAccounts,
  connectedAccounts,
  nameOf,
  pickedAccount,
} from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import type { Session } from "../session.ts";
import { EXIT, explain } from "../ui/failure.ts";
import { ago, counted } from "../ui/format.ts";
import { isForProgram, money, note, printList, printOne, printTable } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { printFailure } from "../ui/terminal.ts";
import { tellUnreadable } from "../ui/unreadable.ts";

/** Lists every connected account. @returns the exit code */
export async function accounts(session: Session): Promise<number> {
  const { terminal, options, now } = session;
  const { accounts: all, unreadable } = await connectedAccounts(session);
  const good = all.filter((account) => account.error === undefined);
  const items = all.map(({ error, ...account }) =>
    error === undefined ? account : { ...account, error: error.message },
  );
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true },
        { title: line`IBAN` },
        { title: line`Bank`, flexible: true },
        { title: line`Status` },
        { title: line`Access until` },
        { title: line`Id` },
      ],
      all.map((account) =>
        row(
          nameOf(account),
          account.iban,
          account.institution_id,
          account.is_expired ? "consent ended" : account.status?.toLowerCase(),
          account.access_valid_until?.slice(0, 10),
          account.id,
        ),
      ),
    ),
  );
  if (all.length === 0 && unreadable === 0 && !isForProgram(options))
    note(terminal, line`No account is connected: bankdata connect`);
  for (const account of all) {
    if (account.error !== undefined) {
      printFailure(terminal, explain(account.error, { name: nameOf(account) }, now()), options);
    }
  }
  if (good.length === all.length) return unreadable === 0 ? EXIT.done : EXIT.partly;
  return good.length === 0 ? EXIT.failed : EXIT.partly;
}

/** Whether the bank is asked where a kept answer is fresh, and where an account that keeps failing is left alone. */
export interface AskingOptions {
  refresh?: boolean | undefined;
  force?: boolean | undefined;
}

/** Shows the balances of one account or all. @returns the exit code */
export async function balances(
  session: Session,
  name: string | undefined,
  asking: AskingOptions = {},
): Promise<number> {
  const { client, terminal, options, now } = session;
  const chosen = await chosenAccounts(session, name);
  const { read, exitCode } = await readEach(session, chosen, "balances", ({ id }) =>
    client.withMeta.getAccountBalances(id, asking),
  );
  const items = read.flatMap(({ account, value, meta }) =>
    value.balances.map((balance) => ({ ...balance, ...addedTo(account), ...originOf(meta) })),
  );
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true },
        { title: line`IBAN` },
        { title: line`Balance` },
        { title: line`Amount`, align: "decimal" },
        { title: line`` },
        { title: line`As of` },
      ],
      read.flatMap(({ account, value, meta }) =>
        value.balances.map((balance, at) =>
          row(
            at === 0 ? nameOf(account) : "",
            at === 0 ? account.iban : "",
            `${balance.balanceType ?? ""}${balance.creditLimitIncluded ? " with credit limit" : ""}`,
            money(balance.balanceAmount.amount),
            balance.balanceAmount.currency,
            at === 0 ? ago(meta.createdAt.getTime(), now()) : "",
          ),
        ),
      ),
    ),
  );
  const unreadable = read.reduce((sum, { value }) => sum + value.unreadable.length, 0);
  const code = tellUnreadable(terminal, unreadable, ["balance", "balances"], exitCode);
  await tellFreshness(session, read, "balances");
  return code;
}

/** Shows what the bank says of an account. */
export async function details(
  session: Session,
  name: string | undefined,
  asking: AskingOptions = {},
): Promise<number> {
  const { client, terminal, options } = session;
  const chosen =
    name === undefined
      ? { accounts: [await pickedAccount(session)], exitCode: EXIT.done }
      : await chosenAccounts(session, name);
  const { read, exitCode } = await readEach(session, chosen, "details", ({ id }) =>
    client.withMeta.getAccountDetails(id, asking),
  );
  for (const { account, value, meta } of read) {
    const item = { ...value.account, ...addedTo(account), ...originOf(meta) };
    printOne(terminal, options, item, () =>
      printTable(
        terminal,
        [{ title: line`Field` }, { title: line`Value`, flexible: true }],
        Object.entries(value.account)
          .filter(([, text]) => text !== null && text !== undefined)
          .map(([field, text]) => row(field, typeof text === "string" ? text : JSON.stringify(text))),
      ),
    );
  }
  await tellFreshness(session, read, "details");
  return exitCode;
}

/** What we add to what the service says of an account, for programs. */
export function addedTo(account: ConnectedAccount) {
  return {
    accountId: account.id,
    ...(account.alias === undefined ? {} : { accountAlias: account.alias }),
    accountIban: account.iban ?? null,
    institutionId: account.institution_id ?? null,
  };
}

/** Where an answer came from, for programs. */
export function originOf(meta: { fromCache: boolean; stale: boolean; createdAt: Date }) {
  return { asOf: meta.createdAt.toISOString(), fromCache: meta.fromCache, stale: meta.stale };
}

/** Tells the person how old the data is, and how many calls are left today. */
export async function tellFreshness(
  { client, terminal, options, now }: Session,
  read: readonly { account: ConnectedAccount; meta: { stale: boolean; createdAt: Date } }[],
  dataKind: DataKind,
): Promise<void> {
  if (isForProgram(options) || read.length === 0) return;
  const oldest = read.reduce((time, { meta }) => Math.min(time, meta.createdAt.getTime()), now());
  const left = await Promise.all(
    read.map(async ({ account }) => {
      const { remaining, limit } = (await client.quota(account.id))[dataKind];
      return line`${nameOf(account)} ${remaining} of ${limit}`;
    }),
  );
  const stale = read.filter(({ meta }) => meta.stale).length;
  const old = stale === 0 ? "" : ` ${counted(stale, "account")} could not be asked: older data stands in.`;
  const asOf = line`As of ${ago(oldest, now())}. Calls left today: `;
  note(terminal, joined([asOf, joined(left, line`, `), line`.${old}`]));
}
