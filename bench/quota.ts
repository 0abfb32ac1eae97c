import { GoCardlessClient, nextCall } from "../packages/core/src/index.ts";
import { startSandbox } from "../packages/sandbox/src/index.ts";
import { compare, type Measure } from "./measure.ts";

const DAYS = 30;
const HOUR = 3_600_000;
/** Balances and transactions, four times a day each. */
const DATA_KINDS = 2;
const DAILY_CALLS = 4;
const BANKS = [
  ...[
    "DEUTSCHE_BANK_DEUTDEFF",
    "MONZO_MONZGB2L",
    "NATWEST_NWBKGB2L",
    "CAIXABANK_CAIXESBB",
    "ABNAMRO_ABNANL2A",
  ],
  ...["ING_INGBNL2A", "SWEDBANK_SWEDSESS", "NORDEA_NDEAFIHH", "DANSKE_DABADKKK", "LHV_LHVBEE22"],
];

/** (j) Thirty days of an hourly job over 20 accounts, on the sandbox's clock: rejected calls, calls used, age of the data. */
export async function thirtyDays(): Promise<Measure[]> {
  await using sandbox = await startSandbox({ now: "2026-11-01T00:00:00Z" });
  await using client = new GoCardlessClient({
    ...sandbox.credentials,
    baseUrl: sandbox.baseUrl,
    cacheOptions: { backend: "memory" },
    now: () => Date.parse(sandbox.now()),
    sleep: async (milliseconds) => sandbox.advanceTime({ seconds: milliseconds / 1000 }),
  });
  const accounts: string[] = [];
  for (const institution_id of BANKS) {
    const { id } = await client.createRequisition({ institution_id, redirect: "http://localhost/" });
    await sandbox.authorise(id, { outcome: "linked" });
    accounts.push(...((await client.getRequisition(id)).accounts ?? []));
  }
  const started = Date.parse(sandbox.now());
  const newest = new Map<string, number>();
  const seen = { used: 0, rejected: 0, age: 0, samples: 0 };
  for (let hour = 0; hour < DAYS * 24; hour += 1) {
    for (const id of accounts) seen.used += await requestWhatIsDue(client, id, sandbox.now, newest);
    for (const at of newest.values()) {
      seen.age += Date.parse(sandbox.now()) - at;
      seen.samples += 1;
    }
    // The log of requests is limited, so it is counted and emptied as it grows.
    seen.rejected += sandbox.requests.splice(0).filter(({ status }) => status === 429).length;
    const left = started + (hour + 1) * HOUR - Date.parse(sandbox.now());
    if (left > 0) sandbox.advanceTime({ seconds: left / 1000 });
  }
  const name = `(j) ${DAYS} days, hourly, ${accounts.length} accounts`;
  const allowed = accounts.length * DATA_KINDS * DAILY_CALLS * DAYS;
  const rejections: Measure = {
    ...{ name, unit: "429s", ours: seen.rejected, against: "calls", theirs: seen.used },
    ...{ ratio: seen.rejected / seen.used, goal: 0 },
  };
  // The data of four calls spread evenly over a day is three hours old on average.
  const evenly = 24 / DAILY_CALLS / 2;
  return [
    rejections,
    compare(name, allowed, "calls used", seen.used, 1 / 0.95, "calls allowed"),
    compare(name, seen.age / seen.samples / HOUR, "evenly spread", evenly, null, "h old"),
  ];
}

/** Requests everything of an account that is due now, and returns the number of calls that it took. */
async function requestWhatIsDue(
  client: GoCardlessClient,
  id: string,
  clock: () => string,
  newest: Map<string, number>,
): Promise<number> {
  for (let calls = 0; ; calls += 1) {
    const now = new Date(clock());
    const due = nextCall({
      now,
      quota: await client.quota(id),
      consent: null,
      wish: { fresh: "as possible" },
    });
    if (due === null || due.at > now) return calls;
    if (due.dataKind === "balances") await client.getAccountBalances(id, { forceRefresh: true });
    else await client.getAccountTransactions(id, {}, { forceRefresh: true });
    newest.set(`${id}/${due.dataKind}`, Date.parse(clock()));
  }
}
