import { expect, it } from "vitest";
import { type BankQuirks, sandboxBanks, sandboxQuirks } from "../../packages/sandbox/src/index.ts";
import { type Entry, read, textOf } from "./bank-reader.ts";
import { plainClient } from "./plain-client.ts";
import { watchAccount } from "./watched-account.ts";

/** What the first account at a bank sends if banks have these quirks. */
async function sentBy(bank: string, quirks?: BankQuirks) {
  await using client = await plainClient({ rateLimits: false, quirks });
  const { first } = await read(client, bank);
  return { ...first, state: client.sandbox.state().accounts.find(({ id }) => id === first.id) };
}

const having = (entries: readonly Entry[], member: string) =>
  entries.filter((one) => Object.hasOwn(one, member)).length;

it("a bank has the quirks that it is given, and none of its profile or its habits", async () => {
  const { booked, state } = await sentBy("N26_NTSBDEB1", {
    N26_NTSBDEB1: ["noTransactionId", "entryReference"],
  });
  const ids = ["transactionId", "internalTransactionId", "entryReference"];
  expect(ids.map((name) => having(booked, name))).toEqual([0, booked.length, booked.length]);
  expect(state).toMatchObject({ profile: "fickle", quirks: ["noTransactionId", "entryReference"] });

  const usual = await sentBy("DEUTSCHE_BANK_DEUTDEFF");
  const own = await sentBy("DEUTSCHE_BANK_DEUTDEFF", { DEUTSCHE_BANK_DEUTDEFF: ["noIds"] });
  const members = ["transactionId", "internalTransactionId", "proprietaryBankTransactionCode"];
  expect(members.map((name) => having(usual.booked, name))).toEqual(members.map(() => usual.booked.length));
  expect(members.map((name) => having(own.booked, name))).toEqual([0, 0, 0]);
  expect(own.booked.map((one) => one.transactionAmount)).toEqual(
    usual.booked.map((one) => one.transactionAmount),
  );
});

it("an empty list makes a bank calm, and leaves all others as they are", async () => {
  const quirks = { N26_NTSBDEB1: [] };
  const calm = await sentBy("N26_NTSBDEB1", quirks);
  expect(having(calm.booked, "transactionId")).toBe(calm.booked.length);
  expect(calm.state?.quirks).toEqual([]);
  expect(having((await sentBy("N26_NTSBDEB1")).booked, "transactionId")).toBe(0);
  expect(having((await sentBy("DKB_BYLADEM1", quirks)).booked, "transactionId")).toBe(0);
});

it("with onlyTextArray the text is in lines of the array alone, which together are the text of a calm bank", async () => {
  const bank = "BAWAG_BAWAATWW";
  const calm = await sentBy(bank);
  const { booked } = await sentBy(bank, { [bank]: ["onlyTextArray"] });
  expect(having(booked, "remittanceInformationUnstructured")).toBe(0);
  const lines = booked.map((one) => [one["remittanceInformationUnstructuredArray"]].flat().map(String));
  expect(lines.map((one) => one.join(""))).toEqual(calm.booked.map(textOf));
  expect(Math.max(...lines.flat().map((line) => line.length))).toBe(27);
  expect(new Set(lines.map((one) => one.length))).toEqual(new Set([1, 2]));
});

it("a quirk of the history changes when entries are first shown", async () => {
  const late = async (quirks: BankQuirks[string]) => {
    await using bank = await watchAccount(
      "FINECO_FEBIITM2",
      {},
      {
        transactionsPerDay: 5,
        quirks: { FINECO_FEBIITM2: quirks },
      },
    );
    for (let day = 0; day < 14; day += 1) {
      await bank.ask();
      await bank.wait(1);
    }
    return bank.truth().filter(({ bookedOn, observed }) => {
      const first = observed.find(({ status }) => status === "booked");
      return bookedOn !== null && bookedOn >= "2026-11-24" && first !== undefined && first.on > bookedOn;
    }).length;
  };
  expect(await late([])).toBe(0);
  expect(await late(["lateArrivals"])).toBeGreaterThan(0);
});

it("new account ids with each connection, and the accounts at a bank, do not depend on its quirks", async () => {
  await using client = await plainClient({
    rateLimits: false,
    quirks: { DKB_BYLADEM1: [], SANDBOXFINANCE_SFIN0000: [], N26_NTSBDEB1: ["noIds"] },
  });
  const ids = async (bank: string) => (await client.connect(bank)).accounts;
  expect(await ids("DKB_BYLADEM1")).not.toEqual(await ids("DKB_BYLADEM1"));
  expect(await ids("N26_NTSBDEB1")).toEqual(await ids("N26_NTSBDEB1"));
  const { first, second } = await read(client, "SANDBOXFINANCE_SFIN0000");
  expect([first.details["name"], second.details["name"]]).toEqual(["Main Account", "Credit Account"]);
  expect(first.metadata.iban).toMatch(/^GL/);
});

it.each(["DEUTSCHE_BANK_DEUTDEFF", "AMERICAN_EXPRESS_AESUDEF1", "WISE_TRWIGB22", "SANDBOXFINANCE_SFIN0000"])(
  "%s responds and its truth can be read with all quirks together",
  async (bank) => {
    await using client = await plainClient({ rateLimits: false, quirks: { [bank]: sandboxQuirks } });
    const { accounts } = await client.connect(bank, { max_historical_days: 90 });
    for (const id of accounts) {
      for (const path of ["", "balances/", "details/", "transactions/"])
        expect((await client.send("GET", `/accounts/${id}/${path}`)).status, path).toBe(200);
      expect(client.sandbox.truth(String(id)).some(({ observed }) => observed.length > 0)).toBe(true);
    }
  },
);

it("every bank and every quirk that the package lists can be given", async () => {
  const all = Object.fromEntries(sandboxBanks.map((bank) => [bank, sandboxQuirks]));
  // One at each bank that is in the list of a country, which is every one that is named after a real bank.
  const listed = sandboxBanks.filter((bank) => !bank.startsWith("SANDBOX"));
  await using client = await plainClient({ accounts: listed.length, quirks: all });
  const { accounts } = client.sandbox.state();
  expect(new Set(accounts.map((one) => one.institution_id))).toEqual(new Set(listed));
  for (const { quirks } of accounts) expect(quirks).toEqual(sandboxQuirks);
  expect(new Set(sandboxQuirks).size).toBe(sandboxQuirks.length);
});

it("quirks rewrite entries in an order of their own, whatever the order of the list", async () => {
  const ids = async (quirks: BankQuirks[string]) => {
    const { booked } = await sentBy("N26_NTSBDEB1", { N26_NTSBDEB1: quirks });
    return booked.map((one) => [one["transactionId"], one["internalTransactionId"]]);
  };
  const sent = await ids(["noIds", "blankIds"]);
  expect(new Set(sent.flat())).toEqual(new Set([" ", "NOTPROVIDED", undefined]));
  expect(await ids(["blankIds", "noIds"])).toEqual(sent);
});

it("lists that are changed after the start have no effect", async () => {
  const quirks: { N26_NTSBDEB1: "noIds"[] } = { N26_NTSBDEB1: [] };
  await using client = await plainClient({ rateLimits: false, quirks });
  quirks.N26_NTSBDEB1.push("noIds");
  const { first } = await read(client, "N26_NTSBDEB1");
  expect(having(first.booked, "transactionId")).toBe(first.booked.length);
  expect(client.sandbox.save().quirks).toEqual({ N26_NTSBDEB1: [] });
});

it("the overview lists the quirks that a bank has, and what they are instead of", async () => {
  await using client = await plainClient({
    quirks: { N26_NTSBDEB1: ["noIds", "lateArrivals"], MONZO_MONZGB2L: [] },
  });
  const text = await (await fetch(new URL("/", client.sandbox.baseUrl))).text();
  const row = (id: string) => text.split("<tr>").find((one) => one.includes(`<code>${id}</code>`));
  expect(row("N26_NTSBDEB1")).toContain(">noIds, lateArrivals <small>instead of fickle</small></td>");
  expect(row("MONZO_MONZGB2L")).toContain(
    ">no quirks <small>instead of calm, dateTimesBeside, sortCode, codes, objectCurrencyExchange</small></td>",
  );
  expect(row("OTP_OTPVHUHB")).toContain(">storm</td>");
  expect(row("DANSKE_DABADKKK")).toContain(">calm <small>phoneNumber</small></td>");
});
