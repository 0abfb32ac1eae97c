import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import {
  type JudgedRow,
  judge,
  type Observation,
  type TrueTransaction,
  type Verdict,
} from "../../packages/sandbox/src/index.ts";
import { amountWithinSevenDays, contentHash, idOnly, type Rule } from "./rules.ts";
import { oneBankOfEachKind, play } from "./scenarios.ts";
import { type WatchedAccount, watchAccount } from "./watched-account.ts";

/** An account that was asked once a day. */
async function asked(bank: string, { days = 30, history = 60, transactionsPerDay = 3 } = {}) {
  const account = await watchAccount(bank, { max_historical_days: history }, { transactionsPerDay });
  await account.ask();
  for (let day = 0; day < days; day += 1) {
    await account.wait(1);
    await account.ask();
  }
  return account;
}

const judged = (account: WatchedAccount, rule: Rule): Verdict =>
  judge(rule(account.responses), account.truth());

/** How many entries the responses showed in a list, or in both. */
function shownIn(truth: readonly TrueTransaction[], ...lists: Observation["status"][]): number {
  return truth.filter(({ observed }) => lists.every((list) => observed.some(({ status }) => status === list)))
    .length;
}

const rowsIn = ({ responses }: WatchedAccount, list: Observation["status"]) =>
  responses.reduce((sum, response) => sum + response[list].length, 0);

/** How many extra transactions there are in a list. */
const extraIn = ({ doubled }: Verdict, list: Observation["status"]) =>
  doubled.reduce((sum, entry) => sum + entry[list].length, 0);

/** What a program loses of one list. */
const lostIn = (account: WatchedAccount, rule: Rule, list: Observation["status"]) =>
  judge(rule(account.responses), account.truth(), { lists: [list] }).lost;

/** The months in which entries were booked, as the responses say. */
const monthsOf = ({ responses }: WatchedAccount) =>
  new Set(responses.flatMap(({ booked }) => booked.map((row) => String(row["transactionId"])))).size;

/** What a program would decide that knew the truth. */
function knowing(truth: readonly TrueTransaction[]): JudgedRow[] {
  return truth.flatMap(({ id, observed }) =>
    observed.flatMap(({ account, status, seen }) =>
      seen.map((place) => ({ ...place, account, status, transaction: id })),
    ),
  );
}

describe("at a calm bank", () => {
  it("ids alone lose nothing, but each pending row is a transaction of its own, and none is linked", async () => {
    await using account = await asked("DEUTSCHE_BANK_DEUTDEFF");
    const [truth, verdict] = [account.truth(), judged(account, idOnly)];
    const [booked, pending] = [shownIn(truth, "booked"), shownIn(truth, "pending")];
    expect(verdict).toMatchObject({ faultless: false, lost: [], mixed: [], linked: [], mislinked: [] });
    expect(verdict.transactions).toBe(booked + rowsIn(account, "pending"));
    expect(extraIn(verdict, "booked")).toBe(0);
    expect(extraIn(verdict, "pending")).toBe(rowsIn(account, "pending") - pending);
    expect(extraIn(verdict, "pending")).toBeGreaterThan(20);
    expect(verdict.unlinked).toHaveLength(shownIn(truth, "booked", "pending"));
    const bookedOnly = judge(idOnly(account.responses), truth, { lists: ["booked"] });
    expect(bookedOnly).toMatchObject({ faultless: true, entries: booked, transactions: booked });
  });

  it("a hash of the content is faultless and links nothing, as the booking date is not known while an entry is pending", async () => {
    await using account = await asked("DEUTSCHE_BANK_DEUTDEFF", { transactionsPerDay: 1 });
    const [truth, verdict] = [account.truth(), judged(account, contentHash)];
    expect(verdict).toMatchObject({ faultless: true, linked: [] });
    expect(verdict.transactions).toBe(shownIn(truth, "booked") + shownIn(truth, "pending"));
    expect(verdict.unlinked.length).toBeGreaterThan(10);
    expect(verdict.unlinked).toHaveLength(shownIn(truth, "booked", "pending"));
  });

  it("the amount within seven days is faultless and links everything", async () => {
    await using account = await asked("DEUTSCHE_BANK_DEUTDEFF", { transactionsPerDay: 1 });
    const [truth, verdict] = [account.truth(), judged(account, amountWithinSevenDays)];
    expect(verdict).toMatchObject({ faultless: true, unlinked: [], transactions: verdict.entries });
    expect(verdict.linked).toHaveLength(shownIn(truth, "booked", "pending"));
    expect(verdict.rows).toBe(rowsIn(account, "booked") + rowsIn(account, "pending"));
  });
});

describe("at odd banks", () => {
  it("without ids, ids alone make every row a transaction", async () => {
    await using account = await asked("DKB_BYLADEM1");
    const [truth, verdict] = [account.truth(), judged(account, idOnly)];
    expect(verdict).toMatchObject({ faultless: false, lost: [], mixed: [], linked: [] });
    expect(verdict.transactions).toBe(verdict.rows);
    for (const list of ["booked", "pending"] as const)
      expect(extraIn(verdict, list)).toBe(rowsIn(account, list) - shownIn(truth, list));
  });

  it("without ids, a hash of the content loses every second twin, and says to which it went", async () => {
    await using account = await asked("DKB_BYLADEM1", { days: 0, history: 20, transactionsPerDay: 80 });
    const [truth, verdict] = [account.truth(), judged(account, contentHash)];
    const rows = account.responses.flatMap(({ booked, pending }) => [...booked, ...pending]);
    const equal = rows.length - new Set(rows.map((row) => JSON.stringify(row))).size;
    expect(equal).toBeGreaterThan(3);
    expect(verdict).toMatchObject({ rows: rows.length, entries: rows.length, doubled: [] });
    expect(verdict.lost).toHaveLength(equal);
    for (const { entry, heldBy } of verdict.lost) {
      const twin = truth.find(({ id }) => id === heldBy[0]?.standsFor);
      expect(twin?.indistinguishableFrom).toContain(entry);
      expect(heldBy).toMatchObject([{ rows: 1 }]);
    }
  });

  it.each(["BARCLAYS_BUKBGB22", "OTP_OTPVHUHB"])(
    "at %s, where a month has one id, ids alone lose all booked entries but one a month",
    async (bank) => {
      await using account = await asked(bank);
      const [truth, verdict] = [account.truth(), judged(account, idOnly)];
      expect(monthsOf(account)).toBeGreaterThan(1);
      expect(lostIn(account, idOnly, "booked")).toHaveLength(shownIn(truth, "booked") - monthsOf(account));
      expect(verdict.mixed.filter(({ transaction }) => transaction.startsWith("BATCH-"))).toHaveLength(
        monthsOf(account),
      );
      expect(verdict).toMatchObject({ faultless: false, linked: [] });
      expect(extraIn(verdict, "booked")).toBe(0);
    },
  );

  it("where all pending entries have one id, ids alone keep one of them", async () => {
    await using account = await asked("BARCLAYS_BUKBGB22");
    const [truth, verdict] = [account.truth(), judged(account, idOnly)];
    expect(verdict.transactions).toBe(monthsOf(account) + 1);
    expect(lostIn(account, idOnly, "pending")).toHaveLength(shownIn(truth, "pending") - 1);
  });

  it("in a storm, the amount within seven days loses as many, as it believes the ids first", async () => {
    await using account = await asked("OTP_OTPVHUHB");
    const [truth, verdict] = [account.truth(), judged(account, amountWithinSevenDays)];
    expect(lostIn(account, amountWithinSevenDays, "booked")).toHaveLength(
      shownIn(truth, "booked") - monthsOf(account),
    );
    expect(verdict.transactions).toBeLessThan(verdict.entries);
  });
});

it("the program of the documentation runs as it stands, and prints a verdict", async () => {
  const documentation = await readFile(new URL("../../docs/sandbox.md", import.meta.url), "utf8");
  const [, section = ""] = documentation.split("\n### Judge a program\n");
  const [, code = ""] = /^```ts\n(.*?)^```$/ms.exec(section) ?? [];
  const root = new URL("../../", import.meta.url);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=bankdata-source", "--input-type=module-typescript", "--eval", code],
    { cwd: root },
  );
  const [faultless, lost, doubled, unlinked] = stdout.trim().split(" ");
  expect([faultless, lost]).toEqual(["false", "0"]);
  expect(Number(doubled)).toBeGreaterThan(0);
  expect(Number(unlinked)).toBeGreaterThan(0);
});

describe("for a program that knows the truth", () => {
  it.each(oneBankOfEachKind.map((bank) => [bank.id, bank] as const))(
    "%s shows nothing that is judged wrongly, also under several account ids and with twins exchanged",
    async (_id, bank) => {
      await using account = await play(bank, {
        seed: 5,
        days: 60,
        transactionsPerDay: 12,
        steps: [
          { kind: "wait", days: 1 },
          { kind: "ask", back: 40, length: 40 },
          { kind: "reconnect", days: 60, first: "keep" },
          { kind: "wait", days: 2 },
          { kind: "ask", back: 10, length: 10 },
          { kind: "wait", days: 3 },
        ],
      });
      const truth = account.truth();
      const rows = knowing(truth);
      const verdict = judge(rows, truth);
      expect(verdict).toMatchObject({ faultless: true, unlinked: [], mislinked: [], unjudged: [] });
      expect(verdict.rows).toBe(rowsIn(account, "booked") + rowsIn(account, "pending"));
      expect(verdict.linked).toHaveLength(shownIn(truth, "booked", "pending"));
      const twin = new Map(truth.map(({ id, indistinguishableFrom: [other] }) => [id, other ?? id]));
      const last = account.responses.at(-1)?.response;
      const swapped = rows.map((row) =>
        row.response === last ? { ...row, transaction: twin.get(row.transaction) ?? row.transaction } : row,
      );
      const pairs = truth.every(({ indistinguishableFrom }) => indistinguishableFrom.length < 2);
      if (pairs) expect(judge(swapped, truth).faultless).toBe(true);
    },
  );
});
