import { createHash, randomUUID } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** What follows the name of the file that is written: who writes it. Older versions left a UUID alone. */
const TEMPORARY = /^\.(?:([0-9a-f]{12})-(\d{1,10})-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.tmp)?$/;

/** A temporary file lives for moments: one of this age, in milliseconds, was left behind, whoever wrote it. */
const ABANDONED_AFTER = 3600_000;

/** A name beside a file, for writing it. It names the process that writes, so that others can tell when it has died. */
export function temporaryName(path: string): string {
  return `${path}.${place()}-${process.pid}-${randomUUID()}.tmp`;
}

/** The scope in which a process id means something: a host since it was started, and a container on it. */
function place(): string {
  const parts = [hostname(), linked("/proc/self/ns/pid"), read("/proc/sys/kernel/random/boot_id")];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12);
}

/** Removes the temporary files beside a file whose writers were killed; those of writers that may still be at work stay. */
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

/** Signal 0 only looks; without the right to send one, the process is there all the same. */
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
