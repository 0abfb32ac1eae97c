import { livingFromIt } from "./living.ts";
import type { Migration } from "./migration.ts";
import { makeTables } from "./tables.ts";

export { type Migration, wordsOf } from "./migration.ts";

/** Every migration, in order. A new one is added at the end, and those before it stay as they are. */
export const MIGRATIONS: readonly Migration[] = [makeTables, livingFromIt];

/** The version that a list of migrations leads to. */
export function newestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}
