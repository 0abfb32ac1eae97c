import { existsSync, lstatSync, rmdirSync, rmSync } from "node:fs";
import { cacheFile, filesOfCache, filesSetAside } from "bankdata-core/cache";
import { abandonedFiles, userFolder } from "bankdata-core/store";
import {
  type Configuration,
  compiledFolder,
  configurationFolder,
  dataFolder,
  heldCredentials,
  originsText,
  ownFile,
  removeCredentials,
  stateFolder,
  surroundings,
} from "../config/index.ts";
import { authorityFolder, sandboxFile } from "../session/configured.ts";
import { line, type Printable } from "../ui/printable.ts";
import { archiveOfSandbox, archivesOf } from "./forget.archives.ts";
import { type Kept, type Plan, type Removal, removal } from "./forget.plan.ts";

/** Finds everything of bankdata on this machine. Changes nothing. */
export async function planOf(configuration: Configuration, named: string | undefined): Promise<Plan> {
  const caches = await cachesOf(configuration);
  const archives = await archivesOf(configuration, named);
  return {
    removals: [
      ...credentialsIn(filesOfPerson(configuration)),
      ...caches.removals,
      ...compiledCode(),
      ...sandboxState(),
      ...archives.removals,
    ],
    kept: [...archives.kept, ...caches.kept, ...credentialsElsewhere(configuration)],
  };
}

/** What `forget --sandbox` would do: the sandbox's state and archive alone. */
export async function planOfSandbox(configuration: Configuration): Promise<Plan> {
  const next = line`bankdata cache clear --sandbox`;
  return {
    removals: [...sandboxState(), ...(await archiveOfSandbox(configuration))],
    kept: [{ what: line`the sandbox's cached responses`, next }],
  };
}

/** Removes those folders of bankdata in which nothing is left. */
export function removeEmptyFolders(): void {
  const where = surroundings();
  const folders = [
    userFolder("cache", where),
    configurationFolder(where),
    dataFolder(where),
    stateFolder(where),
  ];
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      // It is missing, or something else is in it.
    }
  }
}

/** The configuration files that are the person's own, used or not: never one that a folder brings along. */
function filesOfPerson({ file, foreign }: Configuration): string[] {
  return [...new Set([ownFile(surroundings()), ...(file === null || foreign.file ? [] : [file])])];
}

function credentialsIn(files: readonly string[]): Removal[] {
  return files.flatMap((path) => [
    ...heldIn(path),
    ...abandonedFiles(path).map((left) => removal(left, LEFT_BEHIND)),
  ]);
}

const LEFT_BEHIND = line`left behind by a process that was killed`;

function heldIn(path: string): Removal[] {
  if (!existsSync(path)) return [];
  const { keys, rest } = heldCredentials(path);
  const names = keys.join(" and ");
  if (keys.length === 0) return [];
  const what =
    rest === null ? line`the file, with your credentials` : line`only ${names}; other settings stay`;
  return [{ path, what, remove: () => removeCredentials(path) }];
}

/** The cache that is configured, and the one that is used otherwise. Another program's file stays. */
async function cachesOf({ cache }: Configuration): Promise<Plan> {
  const paths = new Set([
    cacheFile(undefined),
    ...(cache.backend === "memory" ? [] : [cacheFile(cache.cacheName)]),
  ]);
  const plans = await Promise.all([...paths].map(cacheAt));
  return { removals: plans.flatMap(({ removals }) => removals), kept: plans.flatMap(({ kept }) => kept) };
}

async function cacheAt(path: string): Promise<Plan> {
  const files = await filesOfCache(path);
  const setAside = await filesSetAside(path);
  const ours = setAside.filter((one) => one.ours).map((one) => one.path);
  const others = [
    ...(files === null ? [path] : []),
    ...setAside.filter((one) => !one.ours).map((one) => one.path),
  ];
  return {
    removals: [
      ...(files ?? []).map((file) => removal(file, file === path ? CACHE : line`a part of it`)),
      ...ours
        .flatMap((file) => [file, `${file}-wal`, `${file}-shm`].filter((part) => existsSync(part)))
        .map((file) => removal(file, line`a damaged cache that was set aside`)),
    ],
    kept: others.map((other) => ({
      what: line`${other}, which may belong to another program`,
      next: line`Look at it, and remove it yourself if it is not needed.`,
    })),
  };
}

const CACHE = line`the cache: tokens, cached responses, and counts of calls`;

function compiledCode(): Removal[] {
  return folderRemoval(compiledFolder(surroundings()), line`compiled code, which only speeds up the start`);
}

function sandboxState(): Removal[] {
  const path = sandboxFile();
  const lock = `${path}.lock`;
  const isThere = lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const isLockThere = lstatSync(lock, { throwIfNoEntry: false })?.size === 0;
  return [
    ...(isThere ? [removal(path, line`the sandbox's state; invented data`)] : []),
    ...(isLockThere ? [removal(lock, LEFT_BEHIND)] : []),
    ...abandonedFiles(path).map((left) => removal(left, LEFT_BEHIND)),
    ...folderRemoval(
      authorityFolder(),
      line`the sandbox's certificate authority, which is made again when needed`,
    ),
  ];
}

/** A folder with all that is in it, if there is one. */
function folderRemoval(path: string, what: Printable): Removal[] {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
  return [{ path, what, remove: () => rmSync(path, { recursive: true, force: true }) }];
}

/** Credentials that are not in a file of bankdata's. */
function credentialsElsewhere(configuration: Configuration): Kept[] {
  const { sources } = configuration;
  const own = filesOfPerson(configuration);
  const origins = [sources.secret_id, sources.secret_key].filter((one) => one !== undefined);
  const elsewhere = origins.filter(
    (one) => one.variable !== null || one.file === null || !own.includes(one.file),
  );
  if (elsewhere.length === 0) return [];
  return [
    {
      what: line`the credentials from ${originsText(elsewhere)}`,
      next: line`Remove them there.`,
    },
  ];
}
