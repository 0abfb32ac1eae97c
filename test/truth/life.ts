import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, openArchive, sync } from "../../packages/archive/src/index.ts";
import type { BankProvider, Connection } from "../../packages/core/src/bank/index.ts";
import { BankDataError, daysFrom } from "../../packages/core/src/base/index.ts";
import { GoCardlessClient, goCardlessProvider } from "../../packages/core/src/index.ts";
import { Random } from "../../packages/sandbox/src/banks/random.ts";
import { type Sandbox, startSandbox } from "../../packages/sandbox/src/index.ts";
import { Answers } from "./answers.ts";
import { connect, endsSoon } from "./end-user.ts";
import { injectFaults } from "./faults.ts";
import { type Findings, findingsOf } from "./findings.ts";
import type { LifePlan } from "./plan.ts";
import { SeenIds } from "./seen-ids.ts";

/** How often somebody does not read in 100 days. */
const MISSED = 30;
/** The days of the holiday, as parts of the whole life. */
const HOLIDAY_BEGINS = 0.3;
const HOLIDAY_DAYS = 19;
/** The day on which the bank is connected again before it needs to be, as a part of the whole life. */
const RECONNECTION = 0.55;
/** Every how many days the ids are looked at. */
const LOOK_AT_IDS = 40;

/** Lives a life, and compares the archive with the truth at its end. */
export async function live(plan: LifePlan): Promise<Findings> {
  const folder = mkdtempSync(join(tmpdir(), "bankdata-truth-"));
  try {
    const { bank, quirks, seed } = plan;
    await using sandbox = await startSandbox({
      seed,
      now: "2026-01-05T09:00:00Z",
      ...(quirks === undefined ? {} : { quirks: { [bank]: quirks } }),
    });
    await using client = new GoCardlessClient({
      ...sandbox.clientOptions(),
      sleep: async (milliseconds) => sandbox.advanceTime({ seconds: Math.ceil(milliseconds / 1000) }),
      // Every other one has no cache.
      cacheOptions: seed % 2 === 0 ? false : { cacheName: join(folder, "cache.sqlite") },
    });
    await using archive = await openArchive({ location: join(folder, "archive.sqlite"), now: sandbox.now });
    const answers = new Answers();
    const provider = answers.watching(goCardlessProvider(client), sandbox);
    const ids = new SeenIds();
    await liveThrough(plan, { sandbox, provider, archive, ids });
    return await findingsOf({ sandbox, archive, answers, ids });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Setting {
  readonly sandbox: Sandbox;
  readonly provider: BankProvider;
  readonly archive: Archive;
  readonly ids: SeenIds;
}

async function liveThrough(plan: LifePlan, setting: Setting): Promise<void> {
  const { sandbox, archive, ids } = setting;
  const random = new Random(plan.seed, "a life", plan.bank);
  const history = random.pick([90, 90, 365]);
  // Some ask for the same number of days each time, others leave that to the sync. It takes more than 31 days to see that a
  // pending entry is gone.
  const [asksAtOnce, window] = [random.chance(30), random.pick([90, 60])];
  const reconnection = Math.floor(plan.days * RECONNECTION);
  const holiday = Math.floor(plan.days * HOLIDAY_BEGINS);
  let connection = await connect(setting, plan.bank, history);
  let hasReconnected = false;
  // The faults begin once the bank is connected, as connecting is not what is tested here.
  injectFaults(sandbox, plan.seed);
  for (let day = 0; day < plan.days; day += 1) {
    const isOnHoliday = day >= holiday && day < holiday + HOLIDAY_DAYS;
    const isMissed = day > 0 && random.chance(MISSED);
    if (!isOnHoliday && !isMissed) {
      const isDue: boolean = day >= reconnection && !hasReconnected;
      if (isDue || endsSoon(connection, Date.parse(sandbox.now()))) {
        connection = await reconnected(setting, plan, { connection, history });
        hasReconnected ||= isDue;
      }
      const from = asksAtOnce
        ? daysFrom(sandbox.now().slice(0, 10), day === 0 ? -history : -window)
        : undefined;
      await read(setting, from);
    }
    if (day % LOOK_AT_IDS === LOOK_AT_IDS - 1) await ids.look(archive);
    sandbox.advanceTime({ days: 1, minutes: random.int(-120, 120) });
  }
}

/** Connects the bank again; every other one ends the old connection at once. */
async function reconnected(
  setting: Setting,
  { bank, seed }: LifePlan,
  { connection, history }: { connection: Connection; history: number },
): Promise<Connection> {
  setting.sandbox.clearFaults();
  const renewed = await connect(setting, bank, history);
  if (seed % 4 < 2) await setting.provider.end(connection.id);
  injectFaults(setting.sandbox, seed);
  return renewed;
}

async function read({ archive, provider }: Setting, from: string | undefined): Promise<void> {
  try {
    await sync(archive, provider, { from });
  } catch (error) {
    // The service did not even list the connections: the next day is another one.
    if (!(error instanceof BankDataError)) throw error;
  }
}
