import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/**
 * Identifies the process that holds something which may outlive it, such as a lease or a lock, so that others can see
 * at once whether it has ended. Hosts are hashed. A part that the platform does not reveal is empty.
 */
export const ProcessMark = z.object({
  /** A hash of the machine's id and name. */
  host: z.string(),
  /** Changes each time the machine boots. */
  boot: z.string(),
  /** The namespace that `pid` counts in: containers of one host each have their own. */
  pidSpace: z.string(),
  pid: z.int(),
  /** In clock ticks since boot; tells a process from a later one with the same id. */
  startedAt: z.string(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

/** The mark of this process. */
export function currentProcess(): ProcessMark {
  const machine = `${textAt("/etc/machine-id")}\n${hostname()}`;
  return {
    host: createHash("sha256").update(machine).digest("hex").slice(0, 16),
    boot: textAt("/proc/sys/kernel/random/boot_id"),
    pidSpace: pidNamespace(),
    pid: process.pid,
    startedAt: statusOf(process.pid)?.startedAt ?? "",
  };
}

/** The state of a process, as far as this one can see; unknown if it is on another machine or in another container. */
export function stateOf(mark: ProcessMark, self: ProcessMark): "alive" | "ended" | "unknown" {
  if (mark.host !== self.host) return "unknown";
  if (mark.boot !== self.boot) return mark.boot !== "" && self.boot !== "" ? "ended" : "unknown";
  if (mark.pidSpace !== self.pidSpace) return "unknown";
  if (!isRunning(mark.pid)) return "ended";
  const status = mark.startedAt === "" ? undefined : statusOf(mark.pid);
  if (status === undefined) return "unknown";
  return status.startedAt !== mark.startedAt || status.isDead ? "ended" : "alive";
}

/** Whether the process of a mark has certainly ended. */
export function hasEnded(mark: ProcessMark, self: ProcessMark): boolean {
  return stateOf(mark, self) === "ended";
}

/** Signal 0 only checks that a process exists; an error other than ESRCH, such as EPERM, means that it does. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/**
 * What Linux reports of a process: proc_pid_stat(5), fields 3 and 22. Its name, field 2, may contain spaces and
 * brackets.
 */
function statusOf(pid: number): { startedAt: string; isDead: boolean } | undefined {
  const stat = textAt(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const startedAt = fields[19];
  return startedAt === undefined ? undefined : { startedAt, isDead: state === "Z" || state === "X" };
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
