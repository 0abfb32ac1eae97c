import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SandboxSnapshot } from "./snapshot.ts";

/**
 * What a file holds of a sandbox; undefined where there is no such file.
 *
 * @throws Error where it is none of a sandbox, saying so
 */
export function readStateFile(path: string): SandboxSnapshot | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return SandboxSnapshot.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `${path} holds no state of a sandbox, or one of another version: name another file, or delete it.`,
      {
        cause: error,
      },
    );
  }
}

/** Writes a file that its owner alone can read, whole or not at all. */
export function writeStateFile(path: string, snapshot: SandboxSnapshot): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const written = `${path}.${randomUUID()}`;
  try {
    writeFileSync(written, JSON.stringify(snapshot), { mode: 0o600, flag: "wx" });
    renameSync(written, path);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
}

/** Tells one writing of a file from another; undefined where it is not there. */
export function versionOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.mtimeMs}`;
}
