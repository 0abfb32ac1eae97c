import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "./folder.ts";
import type { Prepare } from "./way.ts";

/** The floor of a cached response: its row from a SQLite file, and JSON.parse. */
const prepare: Prepare<{ baseUrl: string; entries: number }> = async ({ baseUrl, entries }) => {
  const text = await (await fetch(`${baseUrl}/accounts/${entries}/transactions/`)).text();
  const database = new DatabaseSync(join(temporaryFolder(), "floor.sqlite"));
  database.exec("CREATE TABLE responses (key TEXT PRIMARY KEY, body TEXT) STRICT");
  database.prepare("INSERT INTO responses VALUES (?, ?)").run("key", text);
  const row = database.prepare("SELECT body FROM responses WHERE key = ?");
  return () => JSON.parse(String(row.get("key")?.["body"]));
};

export default prepare;
