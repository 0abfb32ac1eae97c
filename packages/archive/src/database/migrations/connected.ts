import type { Migration } from "./migration.ts";

/** Keeps which accounts a connection gives access to, so that it is known that some of them were never read. */
export const accountsOfConnections: Migration = {
  version: 3,
  statements: () => ["alter table connection add column account_handles text"],
};
