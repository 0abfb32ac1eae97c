import { type Bank, containsText, folded, type Listing } from "bankdata-core/bank";
import { closest } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { line, printable } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";

/** The banks of a country, or all. */
export async function banksOf({ provider, terminal }: Session, country?: string): Promise<Listing<Bank>> {
  return await withProgress(terminal, line`Reading the list of banks`, () => provider.banks(country));
}

/** The banks whose name, id or BIC contains a string, regardless of case and accents. */
export function banksMatching(text: string, all: readonly Bank[]): Bank[] {
  return all.filter((bank) => containsText([searchable(bank)], text));
}

/** Lets a person search for a bank as they type. */
export async function pickedBank({ terminal }: Session, banks: readonly Bank[]): Promise<Bank> {
  const { searched } = await import("../ui/prompts.ts");
  const options = banks.map((bank) => ({
    value: bank,
    text: searchable(bank),
    label: printable(bank.name),
    hint: printable(`${bank.countries.slice(0, 3).join(" ")} ${bank.bic ?? ""}`.trim()),
  }));
  const prompt = { message: line`Which bank? Type to search.`, placeholder: line`name of the bank` };
  return await searched(terminal, prompt, options);
}

/** The text in which a bank is searched. */
function searchable({ id, name, bic }: Bank): string {
  return `${name} ${id} ${bic ?? ""}`;
}

/**
 * The connected bank that a person means although no list has it any more: by its id, or, if no listed bank is meant, by a
 * part of its name or id. Undefined if there is none.
 *
 * @param unlisted the ids of such banks, each with its name if that is known
 */
export function unlistedBankCalled(
  name: string,
  listed: readonly Bank[],
  unlisted: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const ids = [...unlisted.keys()];
  const exact = ids.find((id) => folded(id) === folded(name));
  if (exact !== undefined || banksMatching(name, listed).length > 0) return exact;
  return ids.find((id) => containsText([id.replaceAll("_", " "), unlisted.get(id)], name));
}

/**
 * The bank that a person means: by its id, or by its name if only one bank has it.
 *
 * @throws CommandFailure if no bank has it, or several have
 */
export function bankCalled(name: string, all: readonly Bank[]): Bank {
  const wanted = folded(name);
  const exact = all.filter((bank) => folded(bank.id) === wanted || folded(bank.name) === wanted);
  const near = exact.length > 0 ? exact : banksMatching(name, all);
  const [only] = near;
  if (only !== undefined && near.length === 1) return only;
  if (near.length > 1) {
    const candidates = near.slice(0, 10).map((bank) => line`${bank.id}  ${bank.name}`);
    if (near.length > 10) candidates.push(line`and ${counted(near.length - 10, "more bank")}`);
    throw new CommandFailure(line`"${name}" matches several banks:`, EXIT.usage, line`bankdata connect ID`, {
      candidates,
    });
  }
  const meant = closest(
    name,
    all.flatMap((bank) => [bank.id, bank.name]),
  );
  throw new CommandFailure(
    line`No bank is called "${name}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    EXIT.usage,
    line`bankdata banks --search TEXT`,
  );
}
