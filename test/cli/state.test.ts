import { afterEach, describe, expect, it } from "vitest";
import { accounts } from "../../packages/cli/src/commands/accounts.run.ts";
import { balances } from "../../packages/cli/src/commands/balances.run.ts";
import { connections } from "../../packages/cli/src/commands/connections.run.ts";
import { details } from "../../packages/cli/src/commands/details.run.ts";
import { transactions } from "../../packages/cli/src/commands/transactions.run.ts";
import type { GlobalOptions } from "../../packages/cli/src/session/global-options.ts";
import { waitNotes } from "../../packages/cli/src/ui/wait-words.ts";
import { ConnectionError, RateLimitError } from "../../packages/core/src/base/errors.ts";
import type {
  AccountState,
  BankAccount,
  BankDataError,
  BankProvider,
  Connection,
  Origin,
} from "../../packages/core/src/index.ts";
import { accountOf, connectionOf, NO_CONSENT } from "../core/bank/examples.ts";
import { SessionService, sessionProvider } from "../core/bank/session-provider.ts";
import { sessionOf } from "./session-of.ts";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const DAY = 86_400_000;

/** A connection to a bank, and accounts in these states. */
function bank(id: string, ...states: AccountState[]) {
  const consent = { ...NO_CONSENT, validUntil: new Date(NOW + 90 * DAY) };
  const accounts = states.map((state, at) =>
    accountOf({
      ...{ handle: `${id}-${at}`, label: `${id} ${at}`, connectionId: id, bankId: "BANK_X" },
      ...{ state, stateAsSent: state.toUpperCase(), consent },
    }),
  );
  const connection = connectionOf({
    ...{ id, reference: `ref-${id}`, bankId: "BANK_X", stateAsSent: "LN" },
    consent,
    accountHandles: accounts.map(({ handle }) => String(handle)),
  });
  return { connection, accounts };
}

const FRESH: Origin = { asOf: new Date(NOW), fromCache: false, stale: false, staleReason: null };

const opened: Disposable[] = [];
const closeAll = () => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
};
afterEach(closeAll);

/** A person with these connections, whose data has this origin. */
function person(
  listed: readonly { connection: Connection; accounts: readonly BankAccount[] }[],
  options: GlobalOptions = {},
  origin: (handle: string) => Origin = () => FRESH,
) {
  const calls = { limit: 4, remaining: 0, resetAt: null, lastCallAt: null };
  const handleOf = (account: Parameters<BankProvider["balances"]>[0]) =>
    String(typeof account === "string" ? account : account.handle);
  const provider: BankProvider = {
    ...sessionProvider(new SessionService()),
    bank: async (id) => ({
      ...{ id, name: "The Bank", bic: null, countries: [], logo: null, features: [], raw: {} },
    }),
    connections: async () => ({
      items: listed.map(({ connection }) => connection),
      unreadable: [],
      problems: [],
    }),
    accounts: async ({ id }) => ({
      items: listed.find(({ connection }) => connection.id === id)?.accounts ?? [],
      unreadable: [],
    }),
    balances: async (account) => ({ items: [], unreadable: [], ...origin(handleOf(account)) }),
    details: async (account) => ({ account: accountOf({ handle: handleOf(account) }), ...origin("") }),
    transactions: async (account) => ({
      ...{ items: [], unreadable: [], coverage: { from: null, to: null, pending: false } },
      ...origin(handleOf(account)),
    }),
    callsLeft: async () => ({ balances: calls, details: calls, transactions: calls }),
  };
  const made = sessionOf(provider, options);
  opened.push(made);
  return { ...made, session: { ...made.session, now: () => NOW } };
}

describe("a connection whose accounts have lost access", () => {
  it.each([
    [["expired"], "expired", "ended", "Your connection to The Bank has ended. Renew it: "],
    [
      ["suspended", "suspended"],
      ...["suspended", "suspended after too many failures"],
      "Your connection to The Bank has been suspended. Renew it: ",
    ],
    [["failed"], "failed", "failed", "Your connection to The Bank no longer works. Renew it: "],
    [
      ["expired", "ready", "expired"],
      ...["active", "2 of 3 accounts: consent ended"],
      "2 of 3 accounts at The Bank: consent ended. Renew the connection: ",
    ],
    [
      ["expired", "suspended", "ready"],
      ...["active", "2 of 3 accounts: no access"],
      "2 of 3 accounts at The Bank: no access. Renew the connection: ",
    ],
    [
      [],
      ...["active", "connected, but without accounts"],
      "Your connection to The Bank has no accounts. Renew it, and choose accounts at the bank: ",
    ],
  ] as const)(
    "connections says of accounts that are %j that it is %s, and ends with 3",
    async (states, state, words, warning) => {
      const one = bank("a", ...states);
      const seen = person([one]);
      expect(await connections(seen.session)).toBe(3);
      expect(seen.out.text).toContain(`\tThe Bank\t${words}\t`);
      expect(seen.err.text).toBe(`! ${warning}bankdata connect --renew ref-a\n`);
      const program = person([one], { json: true });
      expect(await connections(program.session)).toBe(3);
      const lost = one.accounts.filter((account) => account.state !== "ready").map(({ handle }) => handle);
      expect(JSON.parse(program.out.text)).toMatchObject([{ state, lostAccountIds: lost }]);
      expect(program.err.text).toBe("");
    },
  );

  it("connections ends with 0 if every account is ready, or is being prepared", async () => {
    const seen = person([bank("a", "ready", "processing", "unknown")]);
    expect(await connections(seen.session)).toBe(0);
    expect([seen.out.text.includes("\tThe Bank\tconnected\t"), seen.err.text]).toEqual([true, ""]);
  });

  it("accounts warns of it once, and balances for each account that it shows", async () => {
    const listed = [bank("a", "expired", "ready"), bank("b", "ready")];
    const seen = person(listed);
    expect(await accounts(seen.session)).toBe(0);
    expect(seen.out.text).toMatch(/^a 0\t.*\tconsent ended\t\ta-0$/m);
    expect(seen.out.text).toMatch(/^a 1\t.*\tready\t2027-02-21\ta-1$/m);
    expect(seen.err.text).toBe(
      "! 1 of 2 accounts at The Bank: consent ended. Renew the connection: bankdata connect --renew ref-a\n",
    );
    const reading = person(listed);
    await balances(reading.session, undefined, {});
    expect(reading.err.text).toContain(
      "! a 0: consent ended. Renew the connection: bankdata connect --renew ref-a\n",
    );
    expect(reading.err.text.match(/consent ended/g)).toHaveLength(1);
  });

  it("a bank that has no data yet is said to be preparing it", async () => {
    const seen = person([bank("a", "processing", "ready")]);
    expect(await accounts(seen.session)).toBe(0);
    expect(seen.out.text).toMatch(/^a 0\t.*\tbeing prepared\t/m);
    expect(seen.err.text).toBe("The bank is still preparing a 0: ask again in a few minutes.\n");
  });
});

describe("a person without an account", () => {
  const failing = (listed: Parameters<typeof person>[0]) =>
    balances(person(listed).session, undefined, {}).catch((error: unknown) => error);

  it("is told to renew a connection without accounts, not to connect another bank", async () => {
    expect(await failing([bank("a")])).toMatchObject({
      message: "Your connection to The Bank has no accounts. Renew it, and choose accounts at the bank.",
      ...{ next: "bankdata connect --renew ref-a", exitCode: 3 },
    });
  });

  it("is told to wait for a connection that waits for them, and else to connect a bank", async () => {
    const waiting = connectionOf({ id: "w", reference: "ref-w", state: "open", stage: "login" });
    expect(await failing([{ connection: waiting, accounts: [] }])).toMatchObject({
      message: "No account is connected yet: the connection ref-w is waiting for you to log in at the bank.",
      ...{ next: "bankdata connections", exitCode: 1 },
    });
    expect(await failing([])).toMatchObject({ next: "bankdata connect", exitCode: 1 });
  });
});

describe("old data", () => {
  const stale = (staleReason: BankDataError | null): Origin => ({
    ...{ asOf: new Date(NOW - 6.5 * 3_600_000), fromCache: true, stale: true, staleReason },
  });
  const response = { summary: "", detail: "", type: null, fields: {}, method: "GET" as const, path: "/" };
  const spent = new RateLimitError("spent", {
    ...{ ...response, status: 429, sent: false, scope: "balances", limit: 4 },
    resetAt: new Date(NOW + 4 * 3_600_000),
  });

  it("is explained by the limit if that is spent, with its time and that of the next call", async () => {
    const seen = person([bank("a", "ready")], {}, () => stale(spent));
    expect(await balances(seen.session, undefined, { refresh: true })).toBe(6);
    expect(seen.err.text).toMatch(
      /^a 0: today's 4 calls are used up\. The next one is available at \d\d:00 \(in 4 hours\)\. Showing data from \d\d:30\.$/m,
    );
  });

  it("is warned of with --quiet too", async () => {
    const seen = person([bank("a", "ready")], { quiet: true }, () => stale(spent));
    expect(await balances(seen.session, undefined, {})).toBe(0);
    expect(seen.err.text).toMatch(/^a 0: today's 4 calls are used up\..* Showing data from \d\d:30\.\n$/);
  });

  it("is explained once for all accounts with the same reason", async () => {
    const away = new ConnectionError("The service could not be reached", "ECONNREFUSED");
    const many = [
      bank("a", "ready", "ready"),
      bank("b", ...Array.from({ length: 4 }, () => "ready" as const)),
    ];
    const seen = person(many, {}, (handle) => stale(handle.startsWith("a") ? away : spent));
    expect(await transactions(seen.session, undefined, { refresh: true })).toBe(6);
    expect(seen.err.text).toContain("a 0, a 1: The service could not be reached. Showing data from");
    expect(seen.err.text).toContain("4 accounts: today's 4 calls are used up.");
  });

  it("ends every command with 6 after --live or with --fail-if-stale, and else with 0", async () => {
    for (const command of [balances, details, transactions])
      for (const [wanted, code] of [
        [{ refresh: true }, 6],
        [{ failIfStale: true }, 6],
        [{}, 0],
      ] as const)
        for (const options of [{}, { json: true }]) {
          const { session } = person([bank("a", "ready")], options, () => stale(spent));
          expect(await command(session, "a-0", wanted)).toBe(code);
          closeAll();
        }
  });

  it("is not old if it is from the cache within its lifetime", async () => {
    const cached = () => ({ ...FRESH, fromCache: true, asOf: new Date(NOW - 5 * 3_600_000) });
    const seen = person([bank("a", "ready")], {}, cached);
    expect(await balances(seen.session, undefined, { failIfStale: true })).toBe(0);
  });

  it("ends with 5 if another account could not be read at all", async () => {
    const seen = person([bank("a", "ready", "ready")], {}, (handle) => {
      if (handle === "a-0") throw spent;
      return stale(spent);
    });
    expect(await balances(seen.session, undefined, { refresh: true })).toBe(5);
  });

  it("has its reason in the item of a program", async () => {
    const seen = person([bank("a", "ready")], { json: true }, () => stale(spent));
    await details(seen.session, "a-0", {});
    expect(JSON.parse(seen.out.text)).toMatchObject({
      stale: true,
      staleError: { name: "RateLimitError", next: "bankdata quota" },
    });
    expect(seen.err.text).toBe("");
  });
});

describe("a wait", () => {
  it("is said with its length and its reason", () => {
    const { session, err } = person([]);
    const noteWait = waitNotes(session.terminal, () => NOW);
    const until = (seconds: number) => new Date(NOW + seconds * 1000);
    noteWait({ reason: "rateLimit", until: until(40) });
    noteWait({ reason: "retry", until: until(200) });
    noteWait({ reason: "otherProcess", until: null });
    expect(err.text.split("\n")).toEqual([
      "Waiting 40 s: the service allows only so many requests a minute.",
      "Waiting 3 minutes: the service cannot respond now.",
      "Waiting: another process is asking for the same.",
      "",
    ]);
  });
});
