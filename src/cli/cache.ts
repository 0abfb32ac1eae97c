import { type CacheEntry, cacheFile } from "../cache/index.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { isForProgram, note, printList, printTable } from "./output.ts";
import { configurationFor, type GlobalOptions, type Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { ago, counted, span } from "./words.ts";

/** Lists what the cache holds for these credentials; asks nobody. */
export async function cacheList(session: Session): Promise<void> {
  const { terminal, options, now } = session;
  const entries: CacheEntry[] = [];
  for await (const entry of viewOf(session).entries()) entries.push(entry);
  entries.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  printList(terminal, options, entries, () => {
    printTable(
      terminal,
      [
        { title: "Path", flexible: true },
        { title: "Kept" },
        { title: "Fresh" },
        { title: "Size", align: "right" },
      ],
      entries.map(({ path, createdAt, expiresAt, isExpired, bytes }) => [
        path,
        ago(createdAt.getTime(), now()),
        isExpired ? "no" : expiresAt === null ? "for ever" : `for ${span(expiresAt.getTime() - now())}`,
        size(bytes),
      ]),
    );
    const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    note(terminal, `${counted(entries.length, "answer")}, ${size(total)}.`);
  });
}

/** Forgets what the cache holds for these credentials. Counts of calls and tokens stay. */
export async function cacheClear(session: Session): Promise<void> {
  const cleared = await viewOf(session).clear();
  if (isForProgram(session.options)) session.terminal.out.write(`${JSON.stringify({ cleared })}\n`);
  else session.terminal.out.write(`Forgot ${counted(cleared, "answer")}.\n`);
}

/** Prints where the cache is, alone on a line. */
export function cachePath({ out }: Terminal, options: GlobalOptions): void {
  const path = cacheFile(configurationFor(options).cache.cacheName ?? "gocardless");
  out.write(isForProgram(options) ? `${JSON.stringify({ path })}\n` : `${path}\n`);
}

function viewOf({ client }: Session) {
  const { cache } = client;
  if (cache !== undefined) return cache;
  throw new CommandFailure("The configuration keeps no cache.", EXIT.usage);
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
