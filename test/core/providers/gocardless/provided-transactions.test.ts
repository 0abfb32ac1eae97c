import { describe, expect, it } from "vitest";
import type { BankTransaction, TransactionsReading } from "../../../../packages/core/src/bank/index.ts";
import { ConfigurationError, GoCardlessClient } from "../../../../packages/core/src/index.ts";
import { goCardlessProvider } from "../../../../packages/core/src/providers/gocardless/provider.ts";
import { startService } from "../../../support/service.ts";
import { handleAt, startProvided } from "./provided.ts";

const DEUTSCHE = "DEUTSCHE_BANK_DEUTDEFF";
const COMMERZBANK = "COMMERZBANK_COBADEFF";
const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** A row as it is compared, without regard to order. */
function rows(list: readonly (readonly (string | null | undefined)[])[]): string[] {
  return list.map((row) => JSON.stringify(row)).sort();
}

const booked = ({ items }: TransactionsReading) => items.filter(({ status }) => status === "booked");
const pending = ({ items }: TransactionsReading) => items.filter(({ status }) => status === "pending");

describe("transactions of the sandbox's banks", () => {
  it.each([
    ["calm", DEUTSCHE],
    ["datedIds, onePending", "SANDBOXFINANCE_SFIN0000"],
    ["noIds, textTwice", "DKB_BYLADEM1"],
    ["blankIds, entryReference, nullFields", "PKO_BPKOPLPW"],
    ["reusedIds, pendingIdReused, oldestFirst", "BARCLAYS_BUKBGB22"],
    ["changingIds", "HSBC_HBUKGB4B"],
    ["swappedDates, onlyStructuredText", "BNP_PARIBAS_BNPAFRPP"],
    ["valuesAhead, dateTimes", "CREDIT_AGRICOLE_AGRIFRPP"],
    ["truncatedText, unknownFields", "ING_INGDDEFF"],
    ["onlyAdditionalInformation, onlyBookingDate", COMMERZBANK],
    ["invertedSigns", "BOURSORAMA_BOUSFRPP"],
    ["missingPending", "LA_BANQUE_POSTALE_PSSTFRPP"],
    ["pendingBeside, dateTimesBeside", "METRO_BANK_MYMBGB2L"],
    ["cards without an IBAN", "AMERICAN_EXPRESS_AESUDEF1"],
    ["bothParties, structuredReferences", "KBC_KREDBEBB"],
    ["runningBalance, codes", "ABNAMRO_ABNANL2A"],
    ["objectCurrencyExchange, instructedAmount", "REVOLUT_REVOGB21"],
    ["vanishingPending, changedPending", "N26_NTSBDEB1"],
    ["lateArrivals", "RABOBANK_RABONL2U"],
    ["numericAmounts", "SABADELL_BSABESBB"],
    ["pendingWithoutSign", "UNICREDIT_UNCRITMM"],
    ["htmlEntities", "WISE_TRWIGB22"],
    ["a storm of them", "OTP_OTPVHUHB"],
  ])("transactions are what really happened at a bank with %s", async (quirks, bankId) => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const handle = handleAt(await connect(bankId));
    const reading = await provider.transactions(handle);
    const { from } = reading.coverage;
    if (from === null) throw new Error("no coverage");
    // Either date can put an entry into a response: those that were booked before it begins are not all there.
    const truth = sandbox.truth(handle).filter(({ bookedOn }) => (bookedOn ?? "") >= from);
    const sign = quirks.startsWith("inverted") ? turned : (amount: string) => amount;
    const swapped = quirks.startsWith("swapped") || bankId.startsWith("OTP");
    const hasNoValueDate = bankId === COMMERZBANK;
    expect(truth.length).toBeGreaterThan(40);
    expect(
      rows(
        booked(reading)
          .map((one) => [
            plain(one.amount),
            one.currency,
            swapped ? one.valueDate : one.bookingDate,
            swapped ? one.bookingDate : one.valueDate,
          ])
          .filter(([, , date]) => (date ?? "") >= from),
      ),
    ).toEqual(
      rows(
        truth.map((one) => [
          plain(sign(one.amount)),
          one.currency,
          one.bookedOn,
          hasNoValueDate ? null : one.valueOn,
        ]),
      ),
    );
    expect(reading.unreadable).toEqual([]);
    for (const list of [booked(reading), pending(reading)])
      expect(list.map(({ position }) => position)).toEqual(list.map((_, at) => at));
    expectWhole(
      reading,
      from,
      sandbox.truth(handle).flatMap(({ observed }) => observed),
    );
  });

  it("transactions have readable names and texts", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const handle = handleAt(await connect("WISE_TRWIGB22"));
    const reading = await provider.transactions(handle);
    const truth = sandbox.truth(handle).filter(({ bookedOn }) => bookedOn !== null);
    expect(rows(booked(reading).map((one) => [one.counterparty, one.text]))).toEqual(
      rows(truth.map((one) => [one.counterparty || null, one.description])),
    );
    expect(booked(reading).some(({ counterparty }) => counterparty?.includes("&"))).toBe(true);
  });

  it("transactions have the complete text at a bank that truncates one of two forms", async () => {
    await using provided = await startProvided();
    const reading = await provided.provider.transactions(handleAt(await provided.connect("ING_INGDDEFF")));
    expect(reading.items.every(({ text }) => text.endsWith("see you soon again at our branch"))).toBe(true);
  });

  /** Amounts as numbers, so that `-24.0` is `-24`. */
  function plain(amount: string): string {
    return String(Number(amount));
  }

  function turned(amount: string): string {
    return amount.startsWith("-") ? amount.slice(1) : `-${amount}`;
  }

  /** Every row is one that the bank sent, whole. */
  function expectWhole(
    { items }: TransactionsReading,
    from: string,
    observed: readonly { status: string; payload: Record<string, unknown> }[],
  ) {
    const sent = observed.map(({ status, payload }) => [status, canonical(payload)].join());
    const known = new Set(sent);
    const read = items.map((one) => ({ ...one, form: [one.status, canonical(one.raw)].join() }));
    expect(rows(read.flatMap(({ form }) => (known.has(form) ? [[form]] : [])))).toEqual(
      rows(sent.map((form) => [form])),
    );
    expect(read.filter(({ form, bookingDate }) => !known.has(form) && (bookingDate ?? "") >= from)).toEqual(
      [],
    );
  }

  /** JSON in which amounts are texts, and a list of one is that one, as those are read. */
  function canonical(value: unknown): string {
    return JSON.stringify(value, (key, part: unknown) => {
      if (key === "amount") return Number(part);
      return key === "currencyExchange" && Array.isArray(part) && part.length === 1 ? part[0] : part;
    });
  }
});

describe("transactions of a range", () => {
  it("a range costs one call, none if it is cached, and none for looking up the rest", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    const remaining = async () => (await provider.callsLeft(handle)).transactions.remaining;
    await provider.transactions(handle, { days: 30 });
    await provider.transactions(handle, { days: 30 });
    expect(await remaining()).toBe(3);
    await provider.transactions(handle, { days: 30 }, { refresh: true });
    expect(await remaining()).toBe(2);
    const calls = await provider.callsLeft(handle);
    expect([calls.details.remaining, calls.balances.remaining]).toEqual([4, 4]);
  });

  it("a range is requested by days, by dates, or as far back as any bank goes", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    for (const range of [{ days: 10 }, { days: 5000 }, { from: "2026-11-01" }, { days: 9, to: "2026-11-20" }])
      await provider.transactions(handle, range);
    await provider.transactions(handle, {}, { onlyIfCached: true });
    const queries = sandbox.requests
      .filter(({ path }) => path.endsWith("/transactions/"))
      .map(({ query }) => query);
    expect(queries).toEqual([
      { date_from: "2026-11-13" },
      { date_from: "2024-11-23" },
      { date_from: "2026-11-01" },
      { date_from: "2026-11-14", date_to: "2026-11-20" },
    ]);
  });

  it("no request is sent if the range is not valid, or if the account has no handle", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    provided.asked();
    for (const range of [
      { days: 0 },
      { days: 1, from: "2026-11-01" },
      { from: "soon" },
      { from: "2026-11-02", to: "2026-11-01" },
    ])
      await expect(provider.transactions(handle, range)).rejects.toThrow(ConfigurationError);
    await expect(provider.transactions({ handle: null })).rejects.toThrow(ConfigurationError);
    expect(provided.asked()).toEqual([]);
  });
});

describe("the counterparty, if a bank names the wrong side", () => {
  const amounts = { transactionAmount: { amount: "-5.00", currency: "EUR" } };
  const FOREIGN = "NL91ABNA0417164300";

  /** What is read of such a row, once this much is known of the owner. */
  async function counterparty(
    side: Record<string, unknown>,
    known: { metadata?: object; details?: object; account?: object },
  ) {
    const service = await startService(({ path }) => {
      if (path.includes("/transactions/"))
        return { body: { transactions: { booked: [{ ...amounts, ...side }] } } };
      if (path === `/accounts/${ID}/`) return { body: { id: ID, ...known.metadata } };
      if (path === `/accounts/${ID}/details/`) return { body: { account: { ...known.details } } };
      return undefined;
    });
    await using _ = service;
    const client = new GoCardlessClient({
      ...{
        secretId: "i",
        secretKey: "k",
        baseUrl: service.baseUrl,
        cacheOptions: { backend: "memory" },
        retries: 0,
      },
    });
    if (known.metadata !== undefined) await client.getAccount(ID);
    if (known.details !== undefined) await client.getAccountDetails(ID);
    const before = service.asked().length;
    const { items } = await goCardlessProvider(client).transactions({ handle: ID, ...known.account });
    const asked = service.asked().slice(before);
    expect(asked.filter((one) => one.endsWith("/details/") || one.endsWith(`/accounts/${ID}/`))).toEqual([]);
    await client.close();
    return items[0]?.counterparty;
  }

  it("the owner's name is recognised from anything known about the account, without a request", async () => {
    const side = { debtorName: "Shop" };
    expect(await counterparty(side, {})).toBeNull();
    for (const known of [
      { metadata: { owner_name: "Erika Mustermann" } },
      { details: { ownerName: "Erika Mustermann" } },
      { account: { holder: "Erika Mustermann" } },
    ]) {
      expect(await counterparty(side, known), JSON.stringify(known)).toBe("Shop");
      expect(await counterparty({ debtorName: "MUSTERMANN E" }, known)).toBeNull();
    }
  });

  it("the owner's IBAN is recognised from anything known about the account", async () => {
    const iban = "DE89370400440532013000";
    for (const known of [
      { metadata: { iban } },
      { details: { iban: "DE89 3704 0044 0532 0130 00" } },
      { account: { iban } },
      { account: { number: { scheme: "iban", value: iban } } },
    ]) {
      const shop = { debtorName: "Shop", debtorAccount: { iban: FOREIGN } };
      expect(await counterparty(shop, known), JSON.stringify(known)).toBe("Shop");
      expect(await counterparty({ ...shop, debtorAccount: { iban } }, known)).toBeNull();
    }
  });

  it("the owner's own card or domestic number is not the counterparty's", async () => {
    const name = { owner_name: "Erika Mustermann" };
    for (const [number, known] of [
      [{ bban: "0532013000" }, { metadata: { ...name, bban: "0532013000" } }],
      [{ bban: "0532013000" }, { metadata: name, details: { bban: "0532013000" } }],
      [{ maskedPan: "XXXX12345" }, { metadata: name, details: { maskedPan: "xxxx12345" } }],
    ] as const) {
      const side = { debtorName: "Visa", debtorAccount: number };
      expect(await counterparty(side, known), JSON.stringify(known)).toBeNull();
      expect(await counterparty(side, { metadata: name })).toBe("Visa");
    }
  });
});

describe("entries that cannot be read", () => {
  const amount = (text: string) => ({ transactionAmount: { amount: text, currency: "EUR" } });

  /** A provider of a service whose transactions come in pages. */
  async function paged(pages: readonly { booked?: unknown; pending?: unknown; beside?: unknown }[]) {
    const service = await startService(({ path }) => {
      if (!path.includes("/transactions/")) return undefined;
      const at = Number(/page=(\d+)/.exec(path)?.[1] ?? 0);
      const { booked, pending, beside } = pages[at] ?? {};
      const next =
        at + 1 < pages.length ? `${service.baseUrl}/accounts/${ID}/transactions/?page=${at + 1}` : null;
      return { body: { transactions: { booked, pending }, pending: beside, next } };
    });
    const client = new GoCardlessClient({
      ...{ secretId: "i", secretKey: "k", baseUrl: service.baseUrl, cacheOptions: false, retries: 0 },
    });
    return { service, provider: goCardlessProvider(client) };
  }

  const places = (list: readonly Pick<BankTransaction, "position" | "status" | "raw">[]) =>
    list.map(({ status, position, raw }) => [status, position, raw]);

  it("unreadable entries keep their place among the others, over all pages, inside transactions and next to it", async () => {
    const pages = [
      { booked: [amount("1"), {}, amount("2"), 5], pending: [amount("3"), null], beside: [amount("4")] },
      { booked: [], pending: "none" },
      { booked: ["x", amount("5")], beside: [[], amount("6")] },
    ];
    const { service, provider } = await paged(pages);
    await using _ = service;
    const { items, unreadable, coverage } = await provider.transactions(ID);
    expect(places(items)).toEqual([
      ["booked", 0, amount("1")],
      ["booked", 2, amount("2")],
      ["booked", 5, amount("5")],
      ["pending", 0, amount("3")],
      ["pending", 2, amount("4")],
      ["pending", 5, amount("6")],
    ]);
    expect(unreadable.map(({ status, position, raw }) => [status, position, raw])).toEqual([
      ["booked", 1, {}],
      ["booked", 3, 5],
      ["pending", 1, null],
      ["pending", 3, "none"],
      ["booked", 4, "x"],
      ["pending", 4, []],
    ]);
    expect(unreadable.every(({ reason }) => reason !== "")).toBe(true);
    expect(coverage).toEqual({ from: null, to: null, pending: false });
  });

  it("no booked entry is covered if one of the pages has no list of them", async () => {
    const consent = { grantedAt: new Date(0), validUntil: null, historyDays: 40 };
    for (const [last, isSure] of [
      [{ booked: [] }, true],
      [{ booked: null, pending: [] }, false],
    ] as const) {
      const { service, provider } = await paged([{ booked: [amount("1")], pending: [] }, last]);
      await using _ = service;
      const { coverage } = await provider.transactions({ handle: ID, consent });
      expect([coverage.from !== null, coverage.to, coverage.pending]).toEqual([isSure, null, true]);
    }
  });

  it("unreadable entries take time in proportion to their number", async () => {
    const booked = Array.from({ length: 60_000 }, (_, at) => (at % 2 === 0 ? {} : amount("1")));
    const { service, provider } = await paged([{ booked }, { booked }]);
    await using _ = service;
    const { items, unreadable } = await provider.transactions(ID);
    expect([items.length, unreadable.length]).toEqual([60_000, 60_000]);
    expect(items.at(-1)?.position).toBe(119_999);
    expect(unreadable.at(-1)?.position).toBe(119_998);
  });
});
