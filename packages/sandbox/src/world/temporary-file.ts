import { createHash, randomUUID } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/**
 * The suffix of a temporary file, which names the process that writes it. One that belongs to several processes has a UUID
 * only, as all had in older versions.
 */
const TEMPORARY = /^\.(?:([0-9a-f]{12})-(\d{1,10})-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.tmp)?$/;

/** In milliseconds. Temporary files live for moments, so one of this age is abandoned, whichever process wrote it. */
const ABANDONED_AFTER = 3600_000;

/** The name of a temporary file beside a file. The process id in it tells others when that process is gone. */
export function temporaryName(path: string): string {
  return `${path}.${place()}-${process.pid}-${randomUUID()}.tmp`;
}

/** The name of a temporary file that processes share if they have the same purpose in mind. It is kept for an hour. */
export function sharedTemporaryName(path: string, purpose: string): string {
  const digest = createHash("sha256").update(purpose).digest("hex");
  const uuid = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  return `${path}.${uuid}.tmp`;
}

/** The scope in which a process id is unique: one boot of a host, and one container on it. */
function place(): string {
  const parts = [hostname(), linked("/proc/self/ns/pid"), read("/proc/sys/kernel/random/boot_id")];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12);
}

/** Removes the temporary files of killed processes beside a file, but not those of processes that may still run. */
export function removeAbandoned(path: string): void {
  const [folder, name] = [dirname(path), basename(path)];
  for (const found of readdirSync(folder)) {
    const match = found.startsWith(name) ? TEMPORARY.exec(found.slice(name.length)) : null;
    if (match === null) continue;
    const stats = lstatSync(join(folder, found), { throwIfNoEntry: false });
    const [, at, pid] = match;
    const old = stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_AFTER;
    if (stats?.isFile() && (old || (at === place() && !isRunning(Number(pid)))))
      rmSync(join(folder, found), { force: true });
  }
}

/** Signal 0 only checks for the process. Any error but ESRCH, such as a missing permission, means that it exists. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function linked(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
