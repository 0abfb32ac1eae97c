import { describe, expect, it } from "vitest";
import { fresh, NEW, OLD, old, page, refused, run, usual } from "./connecting-service.ts";

describe("a bank that is connected already", () => {
  it("is connected again without a terminal, with a note that says how to renew", async () => {
    const { code, err } = await run(
      usual(() => undefined),
      ...["connect", "BANK_X"],
    );
    expect(code).toBe(0);
    expect(err).toContain(
      "The Bank is connected already (the-old-one); this makes another connection. To renew it instead: bankdata connect --renew the-old-one\n",
    );
  });

  it("is renewed first if one of its connections has ended, and the note says so", async () => {
    const service = usual(({ path, method }) =>
      method === "GET" && path === "/requisitions/"
        ? page([old, { ...old, id: "x", reference: "ended", status: "EX" }])
        : undefined,
    );
    const { code, err } = await run(service, "connect", "BANK_X", "--json");
    expect(code).toBe(0);
    expect(err).toContain(
      "Your connection ended to The Bank has ended; this makes another one beside it. To renew it instead: bankdata connect --renew ended",
    );
  });

  it("gets no note if it was never connected, or is being renewed", async () => {
    const service = usual(({ path, method }) =>
      method === "GET" && path === "/requisitions/" ? page([{ ...old, status: "RJ" }]) : undefined,
    );
    const first = await run(service, "connect", "BANK_X");
    expect([first.code, first.err.includes("To renew it instead")]).toEqual([0, false]);
    const renewed = await run(
      usual(() => undefined),
      ...["connect", "--renew", "the-old-one"],
    );
    expect([renewed.code, renewed.err.includes("To renew it instead")]).toEqual([0, false]);
  });
});

describe("a bank that has left the service", () => {
  const LEFT =
    /^✗ The service does not offer (The Bank|BANK_X) any more, so it cannot be connected or renewed\. Nothing was changed: a connection to it works until its consent ends\.\n {2}→ bankdata connections\n$/m;

  it("is named when it is renewed or connected, and the old connection stays", async () => {
    const isGone = usual(({ path }) => (path.startsWith("/institutions/BANK_X") ? refused(404) : undefined));
    const noList = usual(({ path }) => {
      if (path === "/institutions/") return { body: [{ id: "OTHER", name: "Another" }] };
      return path.startsWith("/institutions/BANK_X") ? refused(404) : undefined;
    });
    // Its details may still be cached, so that only the new agreement is rejected.
    const rejects = usual(({ path, method }) =>
      method === "POST" && path.startsWith("/agreements/")
        ? { status: 400, body: { institution_id: { summary: "Unknown Institution ID BANK_X", detail: "" } } }
        : undefined,
    );
    for (const [service, args] of [
      [isGone, ["--renew", "the-old-one"]],
      [rejects, ["--renew", "the-old-one"]],
      [rejects, ["BANK_X"]],
      [noList, ["bank_x"]],
      [noList, ["Bank X"]],
      [noList, ["Bänk"]],
    ] as const) {
      const { code, err, asked } = await run(service, "connect", ...args);
      expect(err).toMatch(LEFT);
      expect([code, asked.some((one) => one.startsWith("DELETE"))]).toEqual([1, false]);
    }
  });
});

describe("the accounts of a new connection", () => {
  it("connect says which of them the bank is still preparing, without a failure beside it", async () => {
    const service = usual(({ path }) => {
      if (path === "/accounts/acc-1/")
        return { body: { id: "acc-1", status: "DISCOVERED", iban: "GB00", name: "Current" } };
      return path === "/accounts/acc-1/details/"
        ? { status: 409, body: { id: "acc-1", status: "PROCESSING" } }
        : undefined;
    });
    const { code, err } = await run(service, "connect", "BANK_X");
    expect(code).toBe(0);
    expect(err).toContain("The Bank is still preparing Current: ask again in a few minutes.\n");
    expect(err).not.toContain("acc-1: ");
    const reading = usual(({ path }) =>
      path === "/accounts/acc-0/balances/"
        ? { status: 409, body: { id: "acc-0", status: "PROCESSING" } }
        : undefined,
    );
    const balances = await run(reading, "balances");
    expect([balances.code, balances.err]).toEqual([
      1,
      "✗ giro: the bank is still preparing it. Ask again in a few minutes.\n",
    ]);
  });

  it("connect ends with 3 if the person chose none, and says how to choose some", async () => {
    const service = usual(({ path }) =>
      path === `/requisitions/${NEW}/` ? { body: { ...fresh, accounts: [] } } : undefined,
    );
    const { code, err } = await run(service, "connect", "BANK_X");
    expect(code).toBe(3);
    expect(err).toContain(
      "! Your connection to The Bank has no accounts. Renew it, and choose accounts at the bank: bankdata connect --renew the-new-one\n",
    );
  });

  it("connect waits as long as --timeout says, and refuses what is no duration", async () => {
    const service = usual(({ path }) =>
      path === `/requisitions/${NEW}/` ? { body: { ...fresh, status: "CR" } } : undefined,
    );
    const { code, err, asked } = await run(service, "connect", "BANK_X", "--timeout", "1s");
    expect([code, err.includes("✗ The link was not used in time.")]).toEqual([1, true]);
    expect(asked).toContain(`DELETE /requisitions/${NEW}/`);
    const wrong = await run(service, "connect", "BANK_X", "--timeout", "soon");
    expect([wrong.code, wrong.asked]).toEqual([2, []]);
    expect(wrong.err).toContain("--timeout");
  });
});

describe("disconnecting a bank", () => {
  it("disconnect without a terminal needs --yes, and names the bank", async () => {
    const service = usual(() => undefined);
    const asked = await run(service, "disconnect", "the-old-one");
    expect([asked.code, asked.out]).toEqual([2, ""]);
    expect(asked.err).toContain("Disconnecting The Bank needs a confirmation");
    expect(asked.err).toContain("→ bankdata disconnect the-old-one --yes\n");
    expect(asked.asked.filter((one) => one.startsWith("DELETE"))).toEqual([]);
    const sure = await run(service, "disconnect", "the-old-one", "--yes");
    expect([sure.code, sure.out]).toEqual([0, "The Bank is disconnected.\n"]);
    expect(sure.asked).toContain(`DELETE /requisitions/${OLD}/`);
    const program = await run(service, "disconnect", "the-old-one", "--yes", "--json");
    expect(JSON.parse(program.out)).toEqual({
      ...{ connectionId: OLD, connectionReference: "the-old-one" },
      ...{ bankId: "BANK_X", bankName: "The Bank", ended: true },
    });
    expect((await run(service, "disconnect", "the-old-one", "--json")).code).toBe(2);
  });
});
