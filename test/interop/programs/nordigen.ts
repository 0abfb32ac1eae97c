import { join } from "node:path";
import type { Place, Program } from "../program.ts";
import { venv } from "../python.ts";
import { sandboxInRealTime } from "../tls-sandbox.ts";
import { assertSameEntries, type ReadEntry, shownAsBooked } from "../truth.ts";

/** EUR without quirks, EUR with amounts that are JSON numbers, and GBP with one id for a whole month. */
const BANKS = ["SWEDBANK_HABALV22", "SABADELL_BSABESBB", "BARCLAYS_BUKBGB22"];

/**
 * The service's own client in Python, through connect, list, balances, details, transactions, delete. Its constructor takes
 * the base URL, so that it needs no proxy.
 */
export const nordigen: Program = {
  name: "nordigen 1.4.2",
  async run(place: Place) {
    const { run } = await venv(place, ["nordigen==1.4.2"]);
    await using sandbox = await sandboxInRealTime();
    const { secretId, secretKey } = sandbox.credentials;
    const script = join(import.meta.dirname, "nordigen-quick-start.py");
    const { stdout } = await run("python", [script, ...BANKS], {
      BASE_URL: sandbox.baseUrl,
      SECRET_ID: secretId,
      SECRET_KEY: secretKey,
    });
    const read: Record<string, ReadEntry[]> = JSON.parse(stdout);
    const { accounts } = sandbox.state();
    for (const { id, institution_id: bank } of accounts) {
      assertSameEntries(read[id] ?? [], shownAsBooked(sandbox, id), `${bank}, account ${id}`);
    }
    const count = Object.values(read).flat().length;
    return `${accounts.length} accounts at ${BANKS.length} banks, ${count} booked entries`;
  },
};
