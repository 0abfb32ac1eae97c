import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { isRecord } from "../../../../../packages/core/src/base/is-record.ts";
import { Account } from "../../../../../packages/core/src/providers/gocardless/models/account.ts";
import {
  AccountDetail,
  AccountDetails,
} from "../../../../../packages/core/src/providers/gocardless/models/account-details.ts";
import {
  accessEnd,
  EndUserAgreement,
  EndUserAgreementPage,
  Reconfirmation,
} from "../../../../../packages/core/src/providers/gocardless/models/agreement.ts";
import {
  AccountBalances,
  Balance,
} from "../../../../../packages/core/src/providers/gocardless/models/balance.ts";
import {
  Institution,
  Institutions,
  longestAccess,
  longestHistory,
} from "../../../../../packages/core/src/providers/gocardless/models/institution.ts";
import {
  Requisition,
  RequisitionPage,
} from "../../../../../packages/core/src/providers/gocardless/models/requisition.ts";
import { NewToken } from "../../../../../packages/core/src/providers/gocardless/models/token.ts";
import {
  AccountTransactions,
  Transaction,
} from "../../../../../packages/core/src/providers/gocardless/models/transaction.ts";
import type { ModelSchema } from "../../../../../packages/core/src/schema/as-sent.ts";
import { fastViewFor } from "../../../../../packages/core/src/schema/fast-path.ts";
import { parseExactly } from "../../../../../packages/core/src/schema/json.ts";
import { containsNumber } from "../../../../../packages/core/src/schema/json-bounds.ts";
import { listReader } from "../../../../../packages/core/src/schema/list.ts";

type Fields = Record<string, unknown>;

const amount = (text: string, currency = "EUR") => ({ amount: text, currency });

/** What is said of a response in which the bank sent both lists. */
const BOTH_REPORTED = { bookedReported: true, pendingReported: true };

/** Good objects with every known field, by kind, and the fields without which they mean nothing. */
const GOOD: readonly {
  kind: string;
  schema: ModelSchema<object>;
  good: Fields;
  required: readonly string[];
}[] = [
  {
    kind: "transaction",
    schema: Transaction,
    required: ["transactionAmount"],
    good: {
      transactionId: "2026-11-20-17",
      entryReference: "NOTPROVIDED",
      bookingDate: "2026-11-20",
      bookingDateTime: "2026-11-20T11:13:14.034Z",
      valueDate: "2026-11-21",
      transactionAmount: amount("-12.50"),
      currencyExchange: [
        { sourceCurrency: "USD", exchangeRate: "1.0812", instructedAmount: amount("13.52", "USD") },
        { exchangeRate: "0.0" },
      ],
      instructedAmount: amount("13.52", "USD"),
      creditorName: "Corner Bakery",
      creditorAccount: { iban: "GL6837980000037983", currency: "EUR" },
      debtorAccount: { bban: "37980000037983" },
      remittanceInformationUnstructured: "Bread",
      remittanceInformationUnstructuredArray: ["Bread", "and rolls"],
      remittanceInformationStructured: "RF18",
      purposeCode: "GDDS",
      balanceAfterTransaction: { balanceAmount: amount("99.10"), balanceType: "interimBooked" },
      merchantCategoryCode: "5462",
    },
  },
  {
    kind: "balance",
    schema: Balance,
    required: ["balanceAmount"],
    good: {
      balanceAmount: amount("1250.00"),
      balanceType: "interimAvailable",
      creditLimitIncluded: false,
      referenceDate: "2026-11-20",
      lastChangeDateTime: "2026-11-20T10:00:00Z",
    },
  },
  {
    kind: "account",
    schema: Account,
    required: ["id"],
    good: {
      id: "a1",
      created: "2026-01-01T00:00:00Z",
      iban: "GL6837980000037983",
      status: "READY",
    },
  },
  {
    kind: "details of an account",
    schema: AccountDetail,
    required: [],
    good: {
      iban: "GL6837980000037983",
      ownerName: "Ada",
      ownerAddressUnstructured: ["Main Street 1", "1000 Town"],
      ownerAddressStructured: { streetName: "Main Street", country: "GL" },
      additionalAccountData: { secondaryIdentification: "x" },
    },
  },
  {
    kind: "agreement",
    schema: EndUserAgreement,
    required: ["id"],
    good: {
      id: "e1",
      max_historical_days: 90,
      access_valid_for_days: 180,
      access_scope: ["balances", "transactions"],
      accepted: "2026-11-01T00:00:00Z",
      reconfirmation: false,
    },
  },
  {
    kind: "requisition",
    schema: Requisition,
    required: ["id"],
    good: {
      id: "r1",
      status: "LN",
      accounts: ["a1", "a2"],
      reference: "mine",
      account_selection: false,
      link: "https://x/",
    },
  },
  {
    kind: "institution",
    schema: Institution,
    required: ["id"],
    good: { id: "BANK_X", name: "Bank X", countries: ["GL", "DK"], transaction_total_days: "730" },
  },
  {
    kind: "reconfirmation",
    schema: Reconfirmation,
    required: [],
    good: {
      reconfirmation_url: "https://x/",
      accounts: { a1: { reconfirmed: "2026-11-01", rejected: null }, a2: null },
    },
  },
];

/** The path of every field, nested field and list item in a value. */
function pathsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => [
    [...path, name],
    ...pathsIn(field, [...path, name]),
  ]);
}

/** The members of an object. */
const entries = (value: unknown): [string, unknown][] => Object.entries(Object(value));

/** What is at a path in a value. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (inner, name) => (isRecord(inner) || Array.isArray(inner) ? Reflect.get(inner, name) : undefined),
    value,
  );
}

/** The same value with another one at a path. */
function replaced(value: unknown, [name, ...rest]: readonly string[], other: unknown): unknown {
  if (name === undefined) return other;
  if (Array.isArray(value))
    return value.map((one, at) => (String(at) === name ? replaced(one, rest, other) : one));
  if (!isRecord(value)) throw new TypeError("no such path");
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, key === name ? replaced(one, rest, other) : one]),
  );
}

const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(null, false, true, "", "12.00", 0, -1, 1e300, [], {}, [null], [[]], [false], {
    amount: {},
    currency: [],
    iban: null,
  }),
);

/** A value as it is read from a body. */
const sentAs = (value: unknown) => parseExactly(JSON.stringify(value));

describe("an odd field", () => {
  it.each(GOOD)(
    "an odd member of a $kind leaves its other members as they are, at any depth",
    ({ schema, good, required }) => {
      const paths = pathsIn(good).filter(([name = ""]) => !required.includes(name));
      fc.assert(
        fc.property(fc.constantFrom(...paths), anyJson, (path, odd) => {
          const sent = sentAs(replaced(good, path, odd));
          const read: unknown = schema.parse(sent);
          if (!isRecord(read)) throw new TypeError("not an object");
          const [field = "", part = ""] = path;
          for (const name of Object.keys(good))
            if (name !== field) expect(read[name], name).toEqual(good[name]);
          const [inner, whole] = [read[field], good[field]];
          if (path.length > 1 && isRecord(inner) && isRecord(whole)) {
            for (const name of Object.keys(whole))
              if (name !== part) expect(inner[name], name).toEqual(whole[name]);
          }
          const { raw, ...view } = read;
          if (raw !== undefined) expect(view).not.toStrictEqual(sent);
          expect(raw ?? read).toStrictEqual(sent);
        }),
        { numRuns: 1500 },
      );
    },
  );

  it.each(GOOD)("an unknown member of a $kind is in raw only, at any depth", ({ schema, good }) => {
    const places = [[], ...pathsIn(good).filter((path) => isRecord(valueAt(good, path)))];
    // The accounts of a reconfirmation are objects by id, so that any member is one of them.
    const closed = places.filter((path) => path.at(-1) !== "accounts");
    fc.assert(
      fc.property(fc.constantFrom(...closed), anyJson, (path, odd) => {
        const inner = valueAt(good, path);
        const sent = sentAs(replaced(good, path, { ...(isRecord(inner) ? inner : {}), brandNew: odd }));
        expect(schema.parse(sent)).toStrictEqual({ ...good, raw: sent });
      }),
    );
  });

  it.each(GOOD.filter(({ kind }) => kind !== "reconfirmation"))(
    "a $kind in a list is read as it is outside a list",
    ({ schema, good }) => {
      const readList = listReader(schema);
      fc.assert(
        fc.property(fc.constantFrom(...pathsIn(good)), anyJson, fc.boolean(), (path, odd, extended) => {
          const changed = replaced(good, path, odd);
          const sent = sentAs(extended && isRecord(changed) ? { ...changed, brandNew: odd } : changed);
          const alone = schema.safeParse(sent);
          const { readable, unreadable } = readList("booked", [sent, good]);
          expect(readable).toStrictEqual(alone.success ? [alone.data, good] : [good]);
          expect(unreadable.map(({ index, raw }) => ({ index, raw }))).toStrictEqual(
            alone.success ? [] : [{ index: 0, raw: sent }],
          );
        }),
        { numRuns: 1500 },
      );
    },
  );

  it.each<[string, Fields, Fields]>([
    ["a string for an amount", { instructedAmount: "12.00" }, {}],
    ["a list for an account", { creditorAccount: [] }, {}],
    ["a string for an account", { debtorAccount: "GL68" }, {}],
    ["an object for a string", { remittanceInformationStructured: { reference: "RF18" } }, {}],
    ["false for a string", { purposeCode: false }, {}],
    ["a list for a string", { creditorName: ["a"] }, {}],
    ["an object for a date", { bookingDate: {} }, {}],
    [
      "null in a list of strings",
      { remittanceInformationUnstructuredArray: ["a", null, "b"] },
      { remittanceInformationUnstructuredArray: ["a", "b"] },
    ],
    [
      "an odd amount inside",
      { instructedAmount: { amount: [], currency: "USD" } },
      { instructedAmount: { currency: "USD" } },
    ],
    [
      "an odd exchange among good ones",
      { currencyExchange: [{ exchangeRate: "1.1" }, "x", null] },
      { currencyExchange: [{ exchangeRate: "1.1" }] },
    ],
    [
      "an odd field of one exchange",
      { currencyExchange: { exchangeRate: {}, sourceCurrency: "USD" } },
      { currencyExchange: [{ sourceCurrency: "USD" }] },
    ],
    ["a string for an exchange", { currencyExchange: "USD" }, {}],
    [
      "an odd balance after it",
      { balanceAfterTransaction: { balanceAmount: 5, balanceType: "expected" } },
      { balanceAfterTransaction: { balanceType: "expected" } },
    ],
    ["a field called raw", { raw: "of the bank" }, {}],
    ["a field called raw that looks like ours", { raw: { transactionAmount: amount("9") } }, {}],
  ])("%s leaves the valid part, and the whole entry in raw", (_, odd, good) => {
    const sent = { transactionId: "1", transactionAmount: amount("-1.00"), ...odd };
    const { transactions } = AccountTransactions.parse({ transactions: { booked: [sent], pending: [sent] } });
    const read = { transactionId: "1", transactionAmount: amount("-1.00"), ...good, raw: sent };
    expect(transactions).toEqual({
      booked: [read],
      pending: [read],
      unreadable: [],
      ...BOTH_REPORTED,
    });
    expect(Object.keys(transactions.booked[0] ?? {})).toEqual(Object.keys(read));
    expect(JSON.parse(JSON.stringify(transactions.booked[0])).raw).toEqual(sent);
  });

  it("only an object's own members are read", () => {
    const text =
      '{"transactionAmount":{"amount":"1","currency":"EUR"},"constructor":[],"__proto__":{"iban":5},"toString":null,"purposeCode":[]}';
    const sent: unknown = JSON.parse(text);
    const read: unknown = Transaction.parse(sent);
    if (!isRecord(read)) throw new TypeError("not an object");
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(JSON.stringify(read["raw"])).toBe(text);
    expect(Object.keys(read)).toEqual(["transactionAmount", "raw"]);
  });

  it("an odd member of one item leaves valid items of the list as they are", () => {
    const valid = { transactionAmount: amount("1") };
    const { booked } = AccountTransactions.parse({
      transactions: { booked: [valid, { ...valid, purposeCode: 5 }, { ...valid, purposeCode: [] }] },
    }).transactions;
    expect(booked[0]).toBe(valid);
    expect(booked[1]).toEqual({ ...valid, purposeCode: "5", raw: { ...valid, purposeCode: 5 } });
    expect(booked[2]).toEqual({ ...valid, raw: { ...valid, purposeCode: [] } });
  });

  it("the time to read odd members grows in proportion to their number", () => {
    const timeFor = (count: number) => {
      const odd = {
        transactionAmount: amount("1"),
        creditorAccount: "x",
        remittanceInformationUnstructuredArray: [null],
      };
      const many = {
        transactionAmount: amount("2"),
        remittanceInformationUnstructuredArray: new Array(count).fill(null),
      };
      const start = performance.now();
      const { transactions } = AccountTransactions.parse({
        transactions: { booked: [...new Array(count).fill(odd), many], pending: new Array(count).fill({}) },
      });
      expect([transactions.booked.length, transactions.unreadable.length]).toEqual([count + 1, count]);
      return performance.now() - start;
    };
    timeFor(1000);
    const small = timeFor(13_000);
    expect(timeFor(130_000)).toBeLessThan(40 * Math.max(small, 50));
  }, 60_000);
});

describe("what identifies or measures an object", () => {
  it.each<[string, z.ZodType, readonly unknown[]]>([
    [
      "transaction",
      Transaction,
      [
        "x",
        null,
        {},
        { transactionAmount: "1.00" },
        { transactionAmount: { amount: "1" } },
        { transactionAmount: amount("1,5") },
        { transactionAmount: { amount: null, currency: "EUR" } },
        { transactionAmount: { amount: "1", currency: [] } },
        { transactionAmount: [amount("1")] },
      ],
    ],
    ["balance", Balance, [{}, { balanceAmount: null }, { balanceAmount: amount("") }]],
    ["account", Account, [{}, { id: null }, { id: [] }, { id: " " }]],
    ["agreement", EndUserAgreement, [{}, { id: false }]],
    ["requisition", Requisition, [{}, { id: {} }, { id: "" }]],
    ["institution", Institution, [{ name: "B" }, { id: [], name: "B" }]],
    ["token", NewToken, [{ access: "a" }, { access: 5, refresh: "r" }, { access: "a", refresh: null }]],
    ["details", AccountDetails, [{}, { account: null }, { account: [] }, { account: "x" }]],
  ])("a %s without what identifies or measures it cannot be read", (_, schema, values) => {
    for (const value of values) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(false);
  });

  it("an institution without a name has its id as its name", () => {
    for (const name of [undefined, null, "", " ", [], {}, false]) {
      expect(Institution.parse({ id: "BANK", name }).name).toBe("BANK");
      expect(Institutions.parse([{ id: "BANK", name }])[0]?.name).toBe("BANK");
    }
    expect(Institution.parse({ id: "BANK", name: [] })).toEqual({
      id: "BANK",
      name: "BANK",
      raw: { id: "BANK", name: [] },
    });
    expect(Institution.parse({ id: "BANK" }).raw).toEqual({ id: "BANK" });
    expect("raw" in Institution.parse({ id: "BANK", name: "A" })).toBe(false);
  });

  it("a token may have a missing or odd lifetime", () => {
    const tokens = { access: "a", refresh: "r" };
    for (const odd of ["soon", 1e300, -1, 0, null, {}, [86_400], "", "9".repeat(400)]) {
      expect(
        NewToken.parse({ ...tokens, access_expires: odd, refresh_expires: odd }).access_expires ?? undefined,
      ).toBeUndefined();
    }
    expect(NewToken.parse({ ...tokens, access_expires: "86400" }).access_expires).toBe(86_400);
    expect("raw" in NewToken.parse({ ...tokens, access_expires: {} })).toBe(false);
  });
});

describe("a response with a list", () => {
  const entry = { transactionAmount: amount("1") };
  const requisition = { id: "r" };

  it.each<[string, z.ZodType, readonly unknown[]]>([
    ["balances", AccountBalances, [{}, { balances: null }, { balances: {} }, { summary: "Maintenance" }]],
    [
      "requisitions",
      RequisitionPage,
      [{}, { results: null }, { count: 0 }, { results: {} }, { results: "" }],
    ],
    ["agreements", EndUserAgreementPage, [{}, { results: false }]],
    ["institutions", Institutions, [{}, { results: [] }]],
    [
      "transactions",
      AccountTransactions,
      [
        {},
        { transactions: {} },
        { transactions: null },
        { transactions: { booked: null, pending: null } },
        { pending: [] },
        { transactions: { booked: "x", pending: [] } },
        { transactions: { pending: "x" } },
      ],
    ],
  ])("a response with %s is invalid without its list", (_, schema, bodies) => {
    for (const body of [...bodies, null, [null, 5].length, "", "null", 5]) {
      expect(schema.safeParse(body).success, JSON.stringify(body)).toBe(false);
    }
  });

  it("a response with transactions is valid with booked or pending alone, inside transactions or next to it", () => {
    for (const body of [
      { transactions: { booked: [entry] } },
      { transactions: { pending: [entry] } },
      { transactions: { booked: null, pending: [entry] } },
      { transactions: {}, pending: [entry] },
    ]) {
      const { booked, pending } = AccountTransactions.parse(body).transactions;
      expect([...booked, ...pending], JSON.stringify(body)).toEqual([entry]);
    }
  });

  it("pendingReported says whether the bank sent a list of pending entries, empty or not", () => {
    for (const [body, reported] of [
      [{ transactions: { booked: [] } }, false],
      [{ transactions: { booked: [], pending: null }, pending: null }, false],
      [{ transactions: { booked: [], pending: {} }, pending: "none" }, false],
      [{ transactions: { booked: [], pending: [] } }, true],
      [{ transactions: { booked: [] }, pending: [] }, true],
      [{ transactions: { booked: [], pending: "none" }, pending: [entry] }, true],
    ] as const) {
      const { transactions } = AccountTransactions.parse(body);
      expect(transactions.pendingReported, JSON.stringify(body)).toBe(reported);
    }
  });

  it("bookedReported says whether the bank sent a list of booked entries, empty or not", () => {
    for (const [body, reported] of [
      [{ transactions: { booked: [] } }, true],
      [{ transactions: { booked: [entry, {}], pending: [] } }, true],
      [{ transactions: { booked: null, pending: [] } }, false],
      [{ transactions: { pending: [entry] } }, false],
      [{ transactions: {}, pending: [entry] }, false],
    ] as const) {
      const { transactions } = AccountTransactions.parse(body);
      expect(transactions.bookedReported, JSON.stringify(body)).toBe(reported);
    }
  });

  it("pending entries inside transactions and next to it are counted as one list", () => {
    const { transactions } = AccountTransactions.parse({
      transactions: { booked: [{}], pending: [entry, {}] },
      pending: [entry, {}, 5],
    });
    expect(transactions.pending).toEqual([entry, entry]);
    expect(transactions.unreadable.map(({ list, index, raw }) => [list, index, raw])).toEqual([
      ["booked", 0, {}],
      ["pending", 1, {}],
      ["pending", 3, {}],
      ["pending", 4, 5],
    ]);
  });

  it("booked entries are kept if pending is not a list, which is reported", () => {
    const { transactions } = AccountTransactions.parse({
      transactions: { booked: [entry], pending: "none" },
      pending: {},
    });
    expect(transactions.booked).toEqual([entry]);
    expect(transactions.unreadable).toMatchObject([
      { list: "pending", index: 0, raw: "none" },
      { list: "pending", index: 1, raw: {} },
    ]);
    expect(transactions.pendingReported).toBe(false);
  });

  it("raw of a list has its odd members and members with names of the model, but not the list itself", () => {
    expect(
      RequisitionPage.parse({
        count: "many",
        previous: [],
        next: null,
        results: [requisition],
        unreadable: 3,
      }),
    ).toEqual({
      next: null,
      results: [requisition],
      unreadable: [],
      raw: { count: "many", previous: [], next: null, unreadable: 3 },
    });
    expect(
      AccountTransactions.parse({
        transactions: { booked: [entry], unreadable: 1, ...BOTH_REPORTED },
        last_updated: {},
      }),
    ).toEqual({
      transactions: {
        booked: [entry],
        pending: [],
        unreadable: [],
        bookedReported: true,
        pendingReported: false,
        raw: { unreadable: 1, ...BOTH_REPORTED },
      },
      raw: { last_updated: {} },
    });
  });

  it("a page with an odd next is invalid, because the list would seem to end there", () => {
    for (const next of [5, {}, false, [], true]) {
      expect(RequisitionPage.safeParse({ results: [], next }).success).toBe(false);
      expect(AccountTransactions.safeParse({ transactions: { booked: [] }, next }).success).toBe(false);
    }
    for (const next of [null, "", undefined]) {
      expect(RequisitionPage.safeParse({ results: [], next }).success).toBe(true);
    }
  });
});

describe("the days that an agreement or a bank names", () => {
  const end = (odd: Fields) =>
    accessEnd(
      EndUserAgreement.parse({
        id: "e",
        accepted: "2026-11-01T00:00:00Z",
        access_valid_for_days: 30,
        ...odd,
      }),
    );

  it("access ends after the days of the agreement; its end is null if these cannot be read", () => {
    expect(end({})).toBe("2026-12-01T00:00:00.000Z");
    expect(end({ access_valid_for_days: "30" })).toBe("2026-12-01T00:00:00.000Z");
    expect(end({ access_valid_for_days: null })).toBe("2027-01-30T00:00:00.000Z");
    expect(end({ accepted: "2026-11-01 06:00:00.120345" })).toBe("2026-12-01T06:00:00.120Z");
    expect(end({ accepted: "2026-11-01T02:00:00+02:00" })).toBe("2026-12-01T00:00:00.000Z");
    for (const days of [
      9007199254740991,
      "9".repeat(30),
      "",
      0,
      -1,
      0.5,
      1e300,
      {},
      [],
      false,
      "soon",
      "-3",
    ]) {
      expect(end({ access_valid_for_days: days }), JSON.stringify(days)).toBeNull();
    }
    for (const accepted of [
      "soon",
      "",
      5,
      {},
      [],
      false,
      null,
      "+275760-09-13T00:00:00Z",
      "9999-12-31T00:00:00Z",
      "2026",
      "1",
    ]) {
      expect(end({ accepted }), JSON.stringify(accepted)).toBeNull();
    }
  });

  it("history and access last 90 days if a bank names no valid number of days", () => {
    for (const days of ["", " ", "many", "0", "-5", "1e3", "90.5", null, {}, [], false, "99999999999"]) {
      const bank = Institution.parse({
        id: "B",
        transaction_total_days: days,
        max_access_valid_for_days: days,
      });
      expect([longestHistory(bank), longestAccess(bank)], JSON.stringify(days)).toEqual([90, 90]);
    }
    expect(longestHistory(Institution.parse({ id: "B", transaction_total_days: 730 }))).toBe(730);
  });
});

describe("the fast path past the schema", () => {
  /** A reconfirmation comes alone, and takes no fast path. */
  it.each(GOOD.filter(({ kind }) => kind !== "reconfirmation"))(
    "the fast path accepts only a $kind that the schema returns unchanged",
    ({ schema, good }) => {
      const { accepts, numberFree } = fastViewFor(schema);
      const paths = pathsIn(good);
      expect(accepts(good)).toBe(true);
      fc.assert(
        fc.property(fc.constantFrom(...paths), anyJson, fc.boolean(), (path, odd, named) => {
          const sent = sentAs(replaced(named ? { ...good, raw: odd } : good, path, odd));
          if (!accepts(sent)) return;
          expect(schema.parse(sent)).toStrictEqual(sent);
          if (numberFree) expect(containsNumber(sent)).toBe(false);
        }),
        { numRuns: 1500 },
      );
    },
  );

  it.each(GOOD.filter(({ kind }) => kind !== "reconfirmation"))(
    "the fast path reads a $kind with unknown members and single items for lists as the schema does",
    ({ schema, good }) => {
      const { view } = fastViewFor(schema);
      const objects = [[], ...pathsIn(good).filter((path) => isRecord(valueAt(good, path)))];
      const lists = pathsIn(good).filter((path) => Array.isArray(valueAt(good, path)));
      const own = fc.constantFrom("own", "raw", "__proto__", "constructor", "toString", "hasOwnProperty");
      const added = fc.tuple(fc.constantFrom(...objects), own, anyJson);
      fc.assert(
        fc.property(fc.array(added, { minLength: 1, maxLength: 4 }), fc.nat(), (additions, chosen) => {
          const extended = additions.reduce<unknown>((value, [path, name, odd]) => {
            const inner = valueAt(value, path);
            // Some members come before the known ones, some after.
            const more =
              chosen % 2 === 0 ? [[name, odd], ...entries(inner)] : [...entries(inner), [name, odd]];
            return replaced(value, path, Object.fromEntries(more));
          }, good);
          const list = lists[chosen % (lists.length + 1)];
          const one = list && Object.values(Object(valueAt(extended, list)))[0];
          const sent = sentAs(list === undefined ? extended : replaced(extended, list, one));
          const read = view(sent);
          expect(read).toStrictEqual(schema.parse(sent));
          expect(valueAt(read, ["raw"])).toBe(sent);
          const { raw: _, ...known } = Object(read);
          for (const path of [[], ...pathsIn(known)]) {
            const inner = valueAt(known, path);
            if (isRecord(inner)) expect(Object.getPrototypeOf(inner), path.join()).toBe(Object.prototype);
          }
        }),
        { numRuns: 1500 },
      );
    },
  );

  it("the fast path does not change the sent value", () => {
    const sent = { transactionAmount: { ...amount("1"), own: 1 }, currencyExchange: {}, own: 1 };
    const before = structuredClone(sent);
    expect(fastViewFor(Transaction).view(sent)).toStrictEqual({
      transactionAmount: amount("1"),
      currencyExchange: [{}],
      raw: before,
    });
    expect(sent).toStrictEqual(before);
  });
});
