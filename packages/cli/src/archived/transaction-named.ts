import type { Archive, ArchivedTransaction } from "bankdata-archive";
import { CommandFailure } from "../ui/command-failure.ts";
import { EXIT } from "../ui/exit.ts";
import { line, printable } from "../ui/printable.ts";

/** The fewest characters of an id that stand for it. */
const SHORTEST_END = 4;

/**
 * The transaction that an id, or the end of one, stands for.
 *
 * @throws CommandFailure if there is none, or several
 */
export async function transactionNamed(archive: Archive, name: string): Promise<ArchivedTransaction> {
  const wanted = name.trim().toLowerCase();
  const exact = await archive.transaction(wanted);
  if (exact !== undefined) return exact;
  const found: string[] = [];
  if (wanted.length >= SHORTEST_END && /^[0-9a-z]+$/.test(wanted))
    for await (const { id } of archive.summaries()) if (id.endsWith(wanted)) found.push(id);
  const [only, ...others] = found;
  const transaction = only === undefined || others.length > 0 ? undefined : await archive.transaction(only);
  if (transaction !== undefined) return transaction;
  if (found.length > 1)
    throw new CommandFailure(
      line`Several ids end in "${name}":`,
      EXIT.usage,
      line`Run the same command with one of these ids.`,
      { candidates: found.map((id) => printable(id)) },
    );
  throw new CommandFailure(
    line`No transaction of the archive has an id that is, or ends in, "${name}".`,
    EXIT.usage,
    line`bankdata transactions`,
  );
}
