import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { temporaryFolder } from "../support/folder.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of a Postgres on which the tests of the archive run; without it, they run on SQLite. */
    archivePostgres: string | undefined;
  }
}

/** A place for the archive of one test: a file, or a schema of its own on Postgres. */
export function archiveLocation(): string {
  const postgres = inject("archivePostgres");
  if (postgres === undefined) return `${temporaryFolder()}/archive.sqlite`;
  return `${postgres}?schema=test_${randomUUID().replaceAll("-", "")}`;
}
