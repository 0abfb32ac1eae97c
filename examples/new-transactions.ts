/**
 * Appends the booked transactions that are new to a file, one JSON object per line, for a nightly job:
 * `node new-transactions.ts FILE`. A transaction without an id is counted, and not written. A bank that changes the ids of
 * old transactions makes them look new.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { connectedAccounts, goCardlessProvider } from "bankdata-core";
import { clientFromEnvironment } from "./client.ts";

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("Name the file to append to.");
const known = new Set(
  (existsSync(file) ? readFileSync(file, "utf8") : "")
    .split("\n")
    .filter((text) => text !== "")
    .map((text): string => JSON.parse(text).key),
);

const client = clientFromEnvironment();
try {
  const provider = goCardlessProvider(client);
  let added = 0;
  let withoutId = 0;
  for (const { account } of (await connectedAccounts(provider)).items) {
    for (const { status, ids, bookingDate, amount, currency, text } of (
      await provider.transactions(account, { days: 30 })
    ).items) {
      if (status !== "booked") continue;
      const id = ids.internalTransactionId ?? ids.transactionId;
      if (id === null) {
        withoutId += 1;
        continue;
      }
      // The IBAN lasts when a renewed consent gives the account another id.
      const key = `${account.iban ?? account.handle} ${id}`;
      if (known.has(key)) continue;
      known.add(key);
      appendFileSync(file, `${JSON.stringify({ key, bookingDate, amount, currency, text })}\n`, {
        mode: 0o600,
      });
      added += 1;
    }
  }
  console.log(`${added} new transactions.`);
  if (withoutId > 0) console.warn(`${withoutId} transactions have no id, and were left out.`);
} finally {
  await client.close();
}
