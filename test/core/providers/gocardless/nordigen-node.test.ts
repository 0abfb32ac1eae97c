import NordigenClient from "nordigen-node";
import { expect, it } from "vitest";
import { z } from "zod";
import { startSandbox } from "../../../../packages/sandbox/src/index.ts";

const amount = z.object({
  amount: z.string().regex(/^-?\d+\.\d\d$/),
  currency: z.literal("GBP").or(z.literal("EUR")),
});

/** The service's own Node library, unmodified, through the whole quick start of its README. */
it("nordigen-node works against the sandbox as it does against the service", async () => {
  await using sandbox = await startSandbox({ port: 0, seed: 1, now: "2026-11-23T09:00:00Z" });
  const client = new NordigenClient({ ...sandbox.credentials, baseUrl: sandbox.baseUrl });

  const tokenData = z
    .object({
      access: z.string(),
      access_expires: z.literal(86_400),
      refresh: z.string(),
      refresh_expires: z.literal(2_592_000),
    })
    .parse(await client.generateToken());
  const newToken = z
    .strictObject({ access: z.string(), access_expires: z.number() })
    .parse(await client.exchangeToken({ refreshToken: tokenData.refresh }));
  client.token = newToken.access;

  const institutions = z
    .array(z.object({ id: z.string(), countries: z.array(z.string()) }))
    .parse(await client.institution.getInstitutions({ country: "LV" }));
  expect(institutions.length).toBeGreaterThanOrEqual(3);
  expect(institutions.every((institution) => institution.countries.includes("LV"))).toBe(true);
  const institutionId = "REVOLUT_REVOGB21";

  const init = z.object({ id: z.string(), link: z.string() }).parse(
    await client.initSession({
      redirectUrl: "https://gocardless.com",
      institutionId,
      referenceId: "quick-start",
    }),
  );
  const decision = await fetch(init.link, {
    method: "POST",
    body: new URLSearchParams([
      ["account", "0"],
      ["decision", "agree"],
    ]),
    redirect: "manual",
  });
  expect(decision.headers.get("location")).toBe("https://gocardless.com/?ref=quick-start");

  const requisitionData = z
    .object({ status: z.literal("LN"), accounts: z.tuple([z.string()]) })
    .parse(await client.requisition.getRequisitionById(init.id));
  const account = client.account(requisitionData.accounts[0]);
  expect(await account.getMetadata()).toMatchObject({
    id: requisitionData.accounts[0],
    status: "READY",
    institution_id: institutionId,
  });
  const balances = z
    .object({ balances: z.array(z.object({ balanceAmount: amount, balanceType: z.string() })) })
    .parse(await account.getBalances());
  expect(balances.balances.map((balance) => balance.balanceType)).toEqual([
    "interimBooked",
    "interimAvailable",
  ]);
  z.object({ account: z.object({ iban: z.string(), currency: z.string() }) }).parse(
    await account.getDetails(),
  );
  const Transactions = z.object({
    transactions: z.object({
      booked: z.array(z.object({ bookingDate: z.string(), transactionAmount: amount })),
      pending: z.array(z.object({ transactionAmount: amount })),
    }),
  });
  const all = Transactions.parse(await account.getTransactions());
  const october = Transactions.parse(
    await account.getTransactions({ dateFrom: "2026-10-01", dateTo: "2026-10-31" }),
  );
  expect(october.transactions.booked.length).toBeGreaterThan(10);
  expect(october.transactions.booked.length).toBeLessThan(all.transactions.booked.length);

  expect(await client.requisition.deleteRequisition(init.id)).toEqual({
    summary: "Requisition deleted",
    detail: `Requisition ${init.id} deleted with all its End User Agreements`,
  });
  await expect(account.getBalances()).rejects.toMatchObject({
    response: { status: 403, data: { summary: "No valid End User Agreement" } },
  });
  expect(sandbox.requests.filter((request) => request.status >= 500)).toEqual([]);
});
