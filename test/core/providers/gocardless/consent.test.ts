import { describe, expect, it } from "vitest";
import {
  BankNotOfferedError,
  ConfigurationError,
  ConnectionError,
  ConsentRefusedError,
  InvalidRequestError,
  InvalidResponseError,
  type RefusalReason,
} from "../../../../packages/core/src/base/errors.ts";
import { GoCardlessClient } from "../../../../packages/core/src/index.ts";
import { goCardlessProvider } from "../../../../packages/core/src/providers/gocardless/provider.ts";
import type { ReturnError } from "../../../../packages/sandbox/src/index.ts";
import { startService } from "../../../support/service.ts";
import { RETURN_TO, startProvided } from "./provided.ts";

const DEUTSCHE = "DEUTSCHE_BANK_DEUTDEFF";

/** The agreements and requisitions that the sandbox holds. */
function held({ sandbox }: Awaited<ReturnType<typeof startProvided>>) {
  const { agreements, requisitions } = sandbox.state();
  return { agreements: agreements.length, requisitions: requisitions.length };
}

describe("beginning a connection", () => {
  it("begin agrees on the most that the bank allows, and returns a link, an id and a state", async () => {
    await using provided = await startProvided();
    const { provider, sandbox } = provided;
    const bank = await provider.bank(DEUTSCHE);
    const begun = await provider.begin(bank, { returnTo: RETURN_TO, reference: "household", language: "de" });
    const { agreements, requisitions } = sandbox.state();
    expect(agreements).toMatchObject([
      {
        max_historical_days: 365,
        access_valid_for_days: 180,
        access_scope: ["balances", "details", "transactions"],
      },
    ]);
    expect(requisitions).toMatchObject([
      { id: begun.connectionId, reference: "household", redirect: RETURN_TO, user_language: "DE" },
    ]);
    expect(begun).toMatchObject({ url: requisitions[0]?.link, reference: "household" });
    expect(begun.state).toContain(begun.connectionId);
  });

  it("a connection gets a unique reference, unless the caller wishes another", async () => {
    await using provided = await startProvided();
    const bank = await provided.provider.bank(DEUTSCHE);
    const one = await provided.provider.begin(bank, { returnTo: RETURN_TO });
    const other = await provided.provider.begin(bank, { returnTo: RETURN_TO });
    expect(one.reference).toMatch(/^[\da-f-]{36}$/);
    expect(other.reference).not.toBe(one.reference);
  });

  it.each([
    ["a bank whose consent for more is a snapshot", "COMMERZBANK_COBADEFF", [90, 180]],
    ["a bank that grants less history than it advertises", "BBVA_BBVAESMM", [90, 180]],
    ["a bank that grants less access than it advertises", "RAIFFEISEN_RZBAATWW", [360, 90]],
    ["a bank that advertises less access", "FINECO_FEBIITM2", [365, 90]],
    ["a bank in no list", "SANDBOXFINANCE_SFIN0000", [90, 180]],
  ])("begin agrees with %s on what it grants", async (_, id, [history, access]) => {
    await using provided = await startProvided();
    await provided.provider.begin(await provided.provider.bank(id), { returnTo: RETURN_TO });
    expect(provided.sandbox.state().agreements).toMatchObject([
      { max_historical_days: history, access_valid_for_days: access },
    ]);
  });

  it("begin tries 90 and then 89 days, and 90 days of access, at a bank that rejects what it advertises", async () => {
    const tried: unknown[] = [];
    await using service = await startService(({ method, path, body }) => {
      if (path === "/agreements/enduser/") {
        const { max_historical_days: history, access_valid_for_days: access } = JSON.parse(body);
        tried.push([history, access]);
        const errors = {
          ...(history > 89
            ? { max_historical_days: { summary: "Incorrect max_historical_days", detail: "" } }
            : {}),
          ...(access > 90 ? { access_valid_for_days: { summary: "Incorrect", detail: "" } } : {}),
        };
        if (Object.keys(errors).length > 0) return { status: 400, body: { ...errors, status_code: 400 } };
        return { body: { id: "agreement" } };
      }
      return path === "/requisitions/" && method === "POST"
        ? { body: { id: "r", link: "http://bank.example/" } }
        : undefined;
    });
    const client = new GoCardlessClient({
      secretId: "i",
      secretKey: "k",
      baseUrl: service.baseUrl,
      cacheOptions: false,
    });
    const provider = goCardlessProvider(client);
    const raw = { id: "B", name: "B", transaction_total_days: "730", max_access_valid_for_days: "180" };
    const bank = { id: "B", name: "B", bic: null, countries: [], logo: null, features: [], raw };
    await provider.begin(bank, { returnTo: RETURN_TO });
    expect(tried).toEqual([
      [730, 180],
      [90, 90],
      [89, 90],
    ]);
    tried.length = 0;
    await expect(provider.begin(bank, { returnTo: RETURN_TO, historyDays: 90 })).rejects.toThrow(
      InvalidRequestError,
    );
    expect(tried).toEqual([[90, 180]]);
  });

  it("a bank that has left is not offered any more, and nothing is left of the attempt", async () => {
    await using provided = await startProvided();
    const bank = { ...(await provided.provider.bank(DEUTSCHE)), id: "BANK_THAT_LEFT", name: "The Old Bank" };
    const error = await provided.provider.begin(bank, { returnTo: RETURN_TO }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BankNotOfferedError);
    expect(error).toMatchObject({ bankId: "BANK_THAT_LEFT", bankName: "The Old Bank" });
    expect(held(provided)).toEqual({ agreements: 0, requisitions: 0 });
  });

  it("a wish that the bank does not allow is rejected, and nothing is left", async () => {
    await using provided = await startProvided();
    const { provider } = provided;
    const bank = await provider.bank("BBVA_BBVAESMM");
    for (const days of [
      { historyDays: 365 },
      { consentDays: 181 },
      { historyDays: 0 },
      { consentDays: 1000 },
    ])
      await expect(provider.begin(bank, { returnTo: RETURN_TO, ...days })).rejects.toThrow(
        InvalidRequestError,
      );
    expect(held(provided)).toEqual({ agreements: 0, requisitions: 0 });
    await provider.begin(bank, { returnTo: RETURN_TO, historyDays: 30, consentDays: 7 });
    expect(provided.sandbox.state().agreements).toMatchObject([
      { max_historical_days: 30, access_valid_for_days: 7 },
    ]);
  });
});

describe("a connection that cannot be started", () => {
  it("nothing is left if the return address is not valid, or if the reference is taken", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    await connect(DEUTSCHE, { reference: "household" });
    const bank = await provider.bank(DEUTSCHE);
    for (const wish of [{ returnTo: "nowhere" }, { returnTo: RETURN_TO, reference: "household" }])
      await expect(provider.begin(bank, wish)).rejects.toThrow(InvalidRequestError);
    expect(held(provided)).toEqual({ agreements: 1, requisitions: 1 });
  });

  it.each([
    ["the service fails", { status: 500, body: {} }],
    ["the service is away", { status: 503, body: "" }],
    ["the connection is lost before the response", { drop: "connection" }],
    ["the connection is lost within the response", { drop: "body" }],
    ["the response cannot be read", { status: 200, body: "<html>" }],
  ] as const)("nothing is left if %s", async (_, fault) => {
    await using provided = await startProvided();
    const bank = await provided.provider.bank(DEUTSCHE);
    await provided.provider.connections();
    provided.sandbox.inject({ operation: "createRequisition", ...fault });
    const error = await provided.provider
      .begin(bank, { returnTo: RETURN_TO })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    if ("drop" in fault) expect(error).toBeInstanceOf(ConnectionError);
    expect(held(provided)).toEqual({ agreements: 0, requisitions: 0 });
  });

  it.each<[string, unknown]>([
    ["a page", "<html>Bad Gateway</html>"],
    ["an error of its own", { summary: "Bad Gateway", detail: "try later", status_code: 502 }],
  ])(
    "nothing is left if a proxy fails with %s although the service has carried out the request",
    async (_, failure) => {
      const there = { agreement: false, requisition: false };
      let reference = "";
      await using service = await startService(({ method, path, body }) => {
        if (path.startsWith("/token/")) return undefined;
        if (method === "POST" && path === "/agreements/enduser/") {
          there.agreement = true;
          return { body: { id: "agreement" } };
        }
        if (method === "POST" && path === "/requisitions/") {
          there.requisition = true;
          reference = JSON.parse(body).reference;
          return { status: 502, body: failure };
        }
        if (method === "DELETE" && path === "/requisitions/r/") there.requisition = there.agreement = false;
        if (method === "DELETE" && path === "/agreements/enduser/agreement/") there.agreement = false;
        const results = there.requisition
          ? [{ id: "r", reference, agreement: "agreement", accounts: [] }]
          : [];
        return method === "GET"
          ? { body: { count: 1, next: null, results } }
          : { body: { summary: "deleted" } };
      });
      const client = new GoCardlessClient({
        ...{ secretId: "i", secretKey: "k", baseUrl: service.baseUrl, cacheOptions: false, retries: 0 },
      });
      const bank = { id: "B", name: "B", bic: null, countries: [], logo: null, features: [], raw: {} };
      const beginning = goCardlessProvider(client).begin(bank, { returnTo: RETURN_TO });
      await expect(beginning).rejects.toMatchObject({ status: 502 });
      expect(there).toEqual({ agreement: false, requisition: false });
    },
  );

  it("nothing is left if the response has no link", async () => {
    const deleted: string[] = [];
    await using service = await startService(({ method, path }) => {
      if (method === "DELETE") deleted.push(path);
      if (path.startsWith("/token/")) return undefined;
      return { body: path === "/requisitions/" ? { id: "r" } : { id: "agreement" } };
    });
    const client = new GoCardlessClient({
      ...{ secretId: "i", secretKey: "k", baseUrl: service.baseUrl, cacheOptions: false },
    });
    const bank = { id: "B", name: "B", bic: null, countries: [], logo: null, features: [], raw: {} };
    await expect(goCardlessProvider(client).begin(bank, { returnTo: RETURN_TO })).rejects.toThrow(
      new InvalidResponseError("The service sent no link for requisition r.", {
        status: 200,
        bodyStart: "",
      }),
    );
    expect(deleted).toEqual(["/requisitions/r/"]);
  });

  it("another connection with the same reference is never ended", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const { id } = await connect(DEUTSCHE, { reference: "household" });
    sandbox.inject({ operation: "createRequisition", drop: "connection" });
    const bank = await provider.bank(DEUTSCHE);
    await expect(provider.begin(bank, { returnTo: RETURN_TO, reference: "household" })).rejects.toThrow(
      ConnectionError,
    );
    expect(sandbox.state().requisitions.map((one) => one.id)).toEqual([id]);
    expect(held(provided)).toEqual({ agreements: 1, requisitions: 1 });
  });

  it("the original error is thrown, even if what was created cannot be deleted", async () => {
    await using provided = await startProvided();
    const bank = await provided.provider.bank(DEUTSCHE);
    provided.sandbox.inject({ operation: "createRequisition", status: 200, body: "<html>" });
    provided.sandbox.inject({ operation: "requisitions", status: 503, body: "" });
    await expect(provided.provider.begin(bank, { returnTo: RETURN_TO })).rejects.toThrow(
      InvalidResponseError,
    );
  });

  it.each(["createAgreement", "createRequisition"] as const)(
    "nothing is left if the caller stops while the service does %s",
    async (operation) => {
      await using provided = await startProvided();
      const bank = await provided.provider.bank(DEUTSCHE);
      const stop = new AbortController();
      const path = operation === "createAgreement" ? "/agreements/enduser/" : "/requisitions/";
      const stopping = new GoCardlessClient({
        ...{ ...provided.sandbox.credentials, baseUrl: provided.sandbox.baseUrl, cacheOptions: false },
        fetch: async (input, init) => {
          const isMeant = init?.method === "POST" && String(input).endsWith(path);
          // By the time of the signal the service has done it, and its response is on the way.
          const response = await fetch(input, isMeant ? { ...init, signal: null } : init);
          if (isMeant) stop.abort(new Error("stopped"));
          return response;
        },
      });
      const wish = { returnTo: RETURN_TO };
      await expect(goCardlessProvider(stopping).begin(bank, wish, { signal: stop.signal })).rejects.toThrow(
        "stopped",
      );
      expect(held(provided)).toEqual({ agreements: 0, requisitions: 0 });
    },
  );
});

describe("a return", () => {
  async function begun() {
    const provided = await startProvided();
    const link = await provided.provider.begin(await provided.provider.bank(DEUTSCHE), {
      returnTo: `${RETURN_TO}?session=5`,
      reference: "Kim & co?",
    });
    return { provided, link, id: link.connectionId ?? "" };
  }

  it("a return completes a connection as a URL, as its text, or as a query", async () => {
    const { provided, link, id } = await begun();
    await using _ = provided;
    const { provider, sandbox } = provided;
    const address = (await sandbox.authorise(id, { outcome: "linked" })) ?? "";
    const url = new URL(address);
    for (const one of [
      address,
      url,
      url.search,
      url.search.slice(1),
      url.searchParams,
      url.pathname + url.search,
    ]) {
      expect(provider.readReturn(link.state, one)).toEqual({ outcome: "returned" });
      expect(await provider.finish(link.state, one)).toMatchObject({
        id,
        state: "active",
        reference: "Kim & co?",
      });
    }
  });

  it("a connection stays open after the return if the bank needs more time", async () => {
    const { provided, link, id } = await begun();
    await using _ = provided;
    const address = (await provided.sandbox.authorise(id, { outcome: "linked", takesSeconds: 60 })) ?? "";
    expect((await provided.provider.finish(link.state, address)).state).toBe("open");
    provided.sandbox.advanceTime({ seconds: 60 });
    expect((await provided.provider.finish(link.state, address)).state).toBe("active");
  });

  it("finish ignores cached responses, as it reports the current state", async () => {
    const { provided, link, id } = await begun();
    await using _ = provided;
    const { provider, sandbox } = provided;
    const address = (await sandbox.authorise(id, { outcome: "linked" })) ?? "";
    expect((await provider.connection(id)).state).toBe("active");
    sandbox.setRequisitionStatus(id, "SU");
    expect((await provider.finish(link.state, address)).state).toBe("suspended");
    sandbox.inject({ operation: "requisition", status: 503, body: "" });
    await expect(provider.finish(link.state, address)).rejects.toMatchObject({ status: 503 });
  });

  it("the return of another connection is rejected without a request", async () => {
    const { provided, link } = await begun();
    await using _ = provided;
    provided.asked();
    for (const address of ["", "?ref=other", "?reference=Kim", "ref=", RETURN_TO, new URL(RETURN_TO)]) {
      expect(provided.provider.readReturn(link.state, address)).toBeUndefined();
      await expect(provided.provider.finish(link.state, address)).rejects.toThrow(ConfigurationError);
    }
    for (const state of ["", "nonsense", "requisition=1", "reference=Kim+%26+co%3F"])
      await expect(provided.provider.finish(state, "?ref=Kim+%26+co%3F")).rejects.toThrow(ConfigurationError);
    expect(provided.asked()).toEqual([]);
  });

  it.each<[ReturnError, RefusalReason]>([
    ["UserCancelledSession", "cancelled"],
    ["UserSessionRejected", "rejected"],
    ["UnknownError", "unknown"],
    ["SSNVerificationFailed", "unverified"],
    ["InstitutionTechnicalError", "bankFailed"],
    ["GoCardlessTechnicalError", "providerFailed"],
    ["InstitutionTimeoutError", "bankTimeout"],
    ["RequisitionLinkReused", "linkUsed"],
    ["ConsentLinkReused", "linkUsed"],
    ["CompanyRequisitionLimitReached", "limitReached"],
  ])("a return with %s is a refusal: %s", async (code, reason) => {
    const { provided, link, id } = await begun();
    await using _ = provided;
    const outcome =
      code === "UserCancelledSession" ? "cancelled" : code === "UserSessionRejected" ? "rejected" : "failed";
    const address = (await provided.sandbox.authorise(id, { outcome, error: code })) ?? "";
    provided.asked();
    const error = await provided.provider.finish(link.state, address).catch((failure: unknown) => failure);
    if (!(error instanceof ConsentRefusedError)) throw error;
    expect(error).toMatchObject({ code, reason });
    expect(error.message).toBe(`The bank was not connected: ${code}, ${error.description}`);
    expect(error.description).not.toBe("");
    expect(provided.provider.readReturn(link.state, address)).toEqual({ outcome: "refused", error });
    expect(provided.asked()).toEqual([]);
  });

  it("texts of a return address are truncated and masked, as anyone can write one", async () => {
    const { provided, link } = await begun();
    await using _ = provided;
    const refusal = (query: Record<string, string>) => {
      const back = provided.provider.readReturn(
        link.state,
        new URLSearchParams({ ref: "Kim & co?", ...query }),
      );
      if (back?.outcome !== "refused") throw new Error("no refusal");
      return back.error;
    };
    const coloured = refusal({ error: "\u001b[31mRed\u0007\r\n", details: "a\u202eb\0c\u200b " });
    expect([coloured.code, coloured.description]).toEqual(["[31mRed", "abc"]);
    const account = refusal({ error: "E", details: "Account DE89 3704 0044 0532 0130 00 is closed" });
    expect(account.message).toBe("The bank was not connected: E, Account DE89…3000 is closed");
    const split = refusal({ error: "DE893704\u200b00440532013000", details: "" });
    expect(split.message).toBe("The bank was not connected: DE89…3000");
    const empty = refusal({ error: "", details: "" });
    expect(empty).toMatchObject({ reason: "unknown", code: "", description: "" });
    const cut = refusal({ error: `x${"😀".repeat(100)}`, details: "" });
    expect(cut.code).toBe(`x${"😀".repeat(49)}\ufffd`);
    const start = performance.now();
    for (const piece of ["x", "%", "DE89 ", "\0", "😀", "%44%45"]) {
      const text = piece.repeat(1_000_000 / piece.length);
      const long = refusal({ error: text, details: text });
      expect(long.code.length).toBeLessThanOrEqual(100);
      expect(long.description.length).toBeLessThanOrEqual(1000);
      expect(long.message.isWellFormed()).toBe(true);
    }
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
