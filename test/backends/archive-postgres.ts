import type { TestProject } from "vitest/node";
import type {} from "../archive/location.ts";
import { startPostgres } from "./servers.ts";

/** Starts the Postgres on which the tests of the archive run again. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide("archivePostgres", server.address);
  return () => server.remove();
}
