import type { Archive, ArchivedAccount, ArchivedConnection } from "bankdata-archive";
import { type BankAccount, type Connection, stateAt } from "bankdata-core/bank";
import { ibanEnd, resolveAccount, typeableName } from "../accounts/account-names.ts";
import { bankInWords, type ListedAccount, withNames } from "../accounts/connected-accounts.ts";
import { maskedLocation } from "../config/index.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { exists } from "../session/archive-location.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { joined, line } from "../ui/printable.ts";
import { shellQuoted } from "../ui/shell-command.ts";

/** An account of the archive, as the commands know accounts. */
export interface KeptAccount extends ListedAccount {
  readonly kept: ArchivedAccount;
}

/** Opens the archive of a command. @throws CommandFailure if there is none */
export async function openedArchive({ archive: place, now }: ArchiveContext): Promise<Archive> {
  if (!exists(place))
    throw new CommandFailure(
      line`There is no archive at ${maskedLocation(place.location)}.`,
      EXIT.failed,
      line`bankdata sync`,
    );
  const { openArchive } = await import("bankdata-archive");
  return await openArchive({ location: place.location, now });
}

/** The accounts of an archive, with the names that the person gave them. */
export async function keptAccounts(
  { configuration, now }: Pick<ArchiveContext, "configuration" | "now">,
  archive: Archive,
): Promise<KeptAccount[]> {
  const [archived, connections] = [await archive.accounts(), await archive.connections()];
  const items = archived.map((kept) => {
    const connection = connectionOf(kept, connections);
    return { account: bankAccountOf(kept, connection, now()), connection };
  });
  const listed = withNames(items, configuration);
  return listed.flatMap((one, at) => {
    const kept = archived[at];
    return kept === undefined ? [] : [{ ...one, kept }];
  });
}

/** An account of the archive as its provider listed it last. */
function bankAccountOf(kept: ArchivedAccount, connection: Connection, now: number): BankAccount {
  const { identities, bankId, iban, label, holder, product, kind, currency, listed } = kept;
  const state = listed?.state ?? "unknown";
  return {
    handle: kept.handles[0]?.handle ?? null,
    identities,
    connectionId: listed?.connectionId ?? kept.handles[0]?.connectionId ?? null,
    bankId,
    consent: listed?.consent ?? connection.consent,
    iban,
    number: listed?.number ?? null,
    label,
    holder,
    product,
    kind,
    currency,
    state: stateAt(connection, now) === "expired" ? "expired" : state,
    stateAsSent: listed?.stateAsSent ?? null,
    detailed: listed?.detailed ?? false,
    error: null,
    raw: listed?.raw ?? null,
  };
}

/** The connection under which an account was read last, as the archive knows it. */
function connectionOf(kept: ArchivedAccount, connections: readonly ArchivedConnection[]): Connection {
  const id = kept.listed?.connectionId ?? kept.handles[0]?.connectionId ?? null;
  const known = connections.find((one) => one.id === id);
  const { grantedAt = null, validUntil = null } = known ?? kept.listed?.consent ?? {};
  return {
    id: id ?? "",
    reference: known?.reference ?? null,
    bankId: kept.bankId,
    state: known?.state ?? "active",
    stage: null,
    stateAsSent: null,
    createdAt: null,
    consent: { grantedAt, validUntil, historyDays: kept.listed?.consent.historyDays ?? null },
    accountHandles: kept.handles.map(({ handle }) => handle),
    raw: null,
  };
}

/**
 * The account of the archive that a name stands for; undefined if none does.
 *
 * @throws CommandFailure if several do
 */
export function keptAccountCalled(name: string, all: readonly KeptAccount[]): KeptAccount | undefined {
  const byId = all.find(({ kept }) => kept.id === name || kept.handles.some(({ handle }) => handle === name));
  if (byId !== undefined) return byId;
  const resolved = resolveAccount(name, all);
  if ("found" in resolved) return resolved.found;
  if (!("ambiguous" in resolved)) return undefined;
  throw new CommandFailure(
    line`"${name}" matches several accounts:`,
    EXIT.usage,
    line`Run the same command with one of these names.`,
    {
      candidates: resolved.ambiguous.map((account) => {
        const what = [bankInWords(account), account.currency, ibanEnd(account.iban)]
          .filter(Boolean)
          .join(", ");
        return joined([shellQuoted(typeableName(account, all)), line`  ${what}`]);
      }),
    },
  );
}

/** The same for commands that know nothing but the archive. @throws CommandFailure if no account is meant */
export function requiredKeptAccount(name: string, all: readonly KeptAccount[]): KeptAccount {
  const account = keptAccountCalled(name, all);
  if (account !== undefined) return account;
  throw new CommandFailure(
    line`The archive has no account called "${name}".`,
    EXIT.usage,
    line`bankdata accounts`,
  );
}
