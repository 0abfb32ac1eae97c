/**
 * Names the connections whose consent ends within 14 days or has ended, for a weekly job: `node ending-consents.ts`. Ends
 * with 1 if there are any. Costs no call for account data.
 */
import { goCardlessProvider, stateAt } from "bankdata-core";
import { clientFromEnvironment } from "./client.ts";

const DAY = 86_400_000;
const NOTICE = 14;

const client = clientFromEnvironment();
try {
  const now = Date.now();
  const { items, problems } = await goCardlessProvider(client).connections();
  for (const problem of problems) console.error(problem.message);
  for (const connection of items) {
    const { bankId, reference, id, consent } = connection;
    const state = stateAt(connection, now);
    if (state === "open") continue; // Its owner has not agreed yet.
    const days = ((consent.validUntil?.getTime() ?? Number.POSITIVE_INFINITY) - now) / DAY;
    if (state === "active" && days > NOTICE) continue;
    const words = state === "active" ? `ends in ${Math.floor(days)} days` : state;
    console.log(`${bankId ?? "unknown bank"}, ${reference ?? id}: ${words}`);
    process.exitCode = 1;
  }
} finally {
  await client.close();
}
