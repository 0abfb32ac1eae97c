import { type CacheEntry, type CacheView, cacheFile, filesSetAside } from "bankdata-core/cache";
import { removeSetAside, type SetAside } from "bankdata-core/store";
import type { Configuration } from "../config/index.ts";
import { configurationFor } from "../session/configured.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted, formatAge, formatDuration, idStart } from "../ui/format.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line, printable } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";

/** Lists the cached responses of these credentials, without a request. */
export async function listCache(session: Session): Promise<void> {
  const { terminal, options, now } = session;
  const entries: CacheEntry[] = [];
  for await (const entry of viewOf(session).entries()) entries.push(entry);
  entries.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const items = entries.map((entry) => ({ ...contentOf(entry.path), ...entry }));
  printList(terminal, options, items, () => {
    printTable(
      terminal,
      [
        { title: line`Kind`, flexible: true, least: 12 },
        { title: line`Of`, short: idStart },
        { title: line`Stored` },
        { title: line`Fresh`, drop: 2 },
        { title: line`Size`, align: "right", drop: 1 },
      ],
      items.map(({ path, createdAt, expiresAt, isExpired, bytes }) =>
        row(
          ...subjectOf(path),
          formatAge(createdAt.getTime(), now()),
          isExpired
            ? "no"
            : expiresAt === null
              ? "for ever"
              : `for ${formatDuration(expiresAt.getTime() - now())}`,
          size(bytes),
        ),
      ),
    );
    const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    note(terminal, line`${counted(entries.length, "cached response")}, ${size(total)}.`);
  });
  noteSetAside(session, await setAsideOf(session.configuration), (ours) =>
    ours ? "damaged and set aside; bankdata cache clear removes it" : KEPT_FOR_OTHERS,
  );
}

/** What a person calls a response: its kind, and the id of the account, the bank or the connection that it is about. */
function subjectOf(path: string): [string, string] {
  const [first = path, id = "", kind = first] = path
    .split("/")
    .filter((part) => part !== "" && part !== "enduser");
  return [kind, id];
}

/** What a response holds: the data of which account; null for both if it holds no data of an account. */
function contentOf(path: string) {
  const [, accountId = null, dataKind = "account"] = /^\/accounts\/([^/]+)\/(?:([^/]+)\/)?$/.exec(path) ?? [];
  return { accountId, dataKind: accountId === null ? null : dataKind };
}

/**
 * Removes the cached responses of these credentials, and damaged files that were set aside. Keeps tokens and counts of
 * calls.
 */
export async function clearCache(session: Session): Promise<void> {
  const { terminal, options, configuration } = session;
  const cleared = await viewOf(session).clear();
  const setAside = await setAsideOf(configuration);
  const removed = removeSetAside(setAside);
  const { out } = terminal;
  if (isForProgram(options)) out.json({ cleared, setAsideRemoved: removed });
  else {
    const files = removed === 0 ? "" : ` and ${counted(removed, "damaged file")}`;
    out.line(line`Removed ${counted(cleared, "cached response")}${files}.`);
  }
  const left = setAside.filter(({ ours }) => !ours);
  noteSetAside(session, left, () => KEPT_FOR_OTHERS);
}

const KEPT_FOR_OTHERS =
  "set aside, and may belong to another program: check it, then move it back or remove it";

function noteSetAside(
  { terminal }: Session,
  files: readonly SetAside[],
  what: (ours: boolean) => string,
): void {
  for (const { path, bytes, writtenAt, ours } of files) {
    const found = line` (${size(bytes)}, ${formatAge(writtenAt, Date.now())}): ${what(ours)}.`;
    note(terminal, printable(path, path.length), found);
  }
}

async function setAsideOf({ cache }: Configuration): Promise<SetAside[]> {
  if (cache.backend === "memory") return [];
  return await filesSetAside(cacheFile(cache.cacheName));
}

/** Prints the path of the cache, alone on a line. */
export function printCachePath({ out }: Terminal, options: GlobalOptions): void {
  const path = cacheFile(configurationFor(options).cache.cacheName);
  if (isForProgram(options)) out.json({ path });
  else out.line(printable(path, path.length));
}

function viewOf({ cache }: Session): CacheView {
  if (cache !== undefined) return cache;
  throw new CommandFailure(line`No cache is configured.`, EXIT.usage);
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
