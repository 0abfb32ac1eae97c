import { describe, expect, it } from "vitest";
import { fresh, NEW, OLD, old, page, refused, run, usual } from "./connecting-service.ts";

describe("connecting a bank", () => {
  it.each(["BANK_X", "bank_x"])(
    "connect looks up the id %s itself, as a bank for testing is in no list",
    async (id) => {
      const { code, out, asked } = await run(
        usual(() => undefined),
        ...["connect", id],
      );
      expect(code).toBe(0);
      expect(out).toMatch(/^✓ The Bank is connected: 1 account\.$/m);
      expect(out).toContain("\nGiro\tDE89370400440532013000\tEUR\tacc-1\n");
      expect(asked.filter((one) => one.includes("/institutions/"))).toEqual(["GET /institutions/BANK_X/"]);
    },
  );

  it("connect prints the alias of each account", async () => {
    const { out } = await run(
      usual(() => undefined),
      ...["connect", "BANK_X", "--json"],
    );
    expect(JSON.parse(out).accounts).toMatchObject([{ accountId: "acc-1", accountAlias: "giro" }]);
  });

  it("connect says for how many days the person agreed", async () => {
    const service = usual(({ method, path }) => {
      if (path === `/requisitions/${NEW}/`) return { body: { ...fresh, agreement: "agreement" } };
      if (method !== "GET" || path !== "/agreements/enduser/agreement/") return undefined;
      const accepted = new Date(Date.now() - 60_000).toISOString();
      return { body: { id: "agreement", accepted, access_valid_for_days: 180, max_historical_days: 90 } };
    });
    const { out } = await run(service, "connect", "BANK_X");
    expect(out).toMatch(/^✓ The Bank is connected for 180 days: 1 account\.$/m);
  });

  it("connect ends with 5 if an account could not be understood, and names one that could not be read", async () => {
    const service = usual(({ path }) => {
      if (path === `/requisitions/${NEW}/`) return { body: { ...fresh, accounts: ["acc-1", {}, "acc-2"] } };
      return path === "/accounts/acc-2/" ? refused(403) : undefined;
    });
    const { code, out, err } = await run(service, "connect", "BANK_X", "--json");
    expect(code).toBe(5);
    expect(err).toContain("1 account could not be understood and is left out here.");
    expect(err).toContain("acc-2: ");
    expect(JSON.parse(out).accounts).toMatchObject([{ accountId: "acc-1" }, { accountId: "acc-2" }]);
  });

  it("connect removes a connection that the bank refuses, and says so before the reason", async () => {
    const service = usual(({ path }) =>
      path === `/requisitions/${NEW}/` ? { body: { ...fresh, status: "RJ" } } : undefined,
    );
    for (const replaced of ["refused", "not removed"]) {
      const { code, out, err, asked } = await run(
        (request) =>
          replaced === "not removed" && request.method === "DELETE" ? refused(402) : service(request),
        ...["connect", "BANK_X"],
      );
      expect([code, out]).toEqual([1, ""]);
      expect(asked).toContain(`DELETE /requisitions/${NEW}/`);
      if (replaced === "refused") {
        expect(err).toMatch(
          /\nNothing was left half-done\.\n✗ The connection is refused\.\n {2}→ bankdata connect\n$/,
        );
      } else {
        expect(err).not.toContain("half-done");
        expect(err).toMatch(
          /\n✗ The connection is refused\. The unfinished connection is still there, as it could not be removed: .+\n {2}→ bankdata disconnect bank-\d{4}-\d\d-\d\d-[0-9a-f]{6}\n$/,
        );
      }
    }
  });
});

describe("Ctrl-C", () => {
  it("Ctrl-C while connect waits for the bank removes the connection", async () => {
    const service = usual(() => undefined);
    const { code, err, asked } = await run(
      (request, interrupt) => {
        if (request.path !== `/requisitions/${NEW}/` || request.method !== "GET") return service(request);
        interrupt();
        return { body: { ...fresh, status: "UA" } };
      },
      ...["connect", "BANK_X"],
    );
    expect(code).toBe(1);
    expect(err).toMatch(/\nNothing was left half-done\.\n✗ Stopped before the bank was connected\.\n$/);
    expect(asked).toContain(`DELETE /requisitions/${NEW}/`);
  });

  it("Ctrl-C while the accounts are read leaves the bank connected", async () => {
    const service = usual(() => undefined);
    const { code, out, err, asked } = await run(
      (request, interrupt) => {
        if (!request.path.endsWith("/details/")) return service(request);
        return () => interrupt();
      },
      ...["connect", "BANK_X"],
    );
    expect([code, out]).toEqual([130, ""]);
    expect(err).toMatch(/✗ Stopped\.\n$/);
    expect(err).not.toContain("half-done");
    expect(asked.filter((one) => one.startsWith("DELETE"))).toEqual([]);
  });
});

describe("renewing a connection", () => {
  it("connect --renew maps new account ids to old ones, and says how to remove the old connection if that failed", async () => {
    const service = usual(({ method, path }) =>
      method === "DELETE" && path === `/requisitions/${OLD}/` ? refused(403) : undefined,
    );
    const { code, out, err } = await run(service, "connect", "--renew", "the-old-one");
    expect([code, out.includes("✓ The Bank is connected")]).toEqual([0, true]);
    expect(err).toMatch(
      /^The old connection could not be removed \(.+\)\. Remove it with: bankdata disconnect the-old-one$/m,
    );
    expect(err).toContain("acc-0 is now acc-1.\nIf your configuration names an old id, replace it");
  });
});

describe("the list of connections", () => {
  it("connections shows each state in words, and warns of ended and suspended connections, which it ends with 3 for", async () => {
    const service = usual(({ path }) =>
      path === "/requisitions/"
        ? page([
            { ...old, reference: "a", status: "EX" },
            { ...old, reference: "b", status: "SU" },
            { ...old, reference: "c", status: "UA", institution_id: "BANK_Y" },
            { ...old, reference: "d", status: "NEW WORD", accounts: null },
          ])
        : undefined,
    );
    const { code, out, err, asked } = await run(service, "connections");
    expect(code).toBe(3);
    expect(out.split("\n")).toEqual([
      "a\tThe Bank\tended\t1\t",
      "b\tThe Bank\tsuspended after too many failures\t1\t",
      "c\tBANK_Y\twaiting for you to log in at the bank\t1\t",
      "d\tThe Bank\tNEW WORD\t0\t",
      "",
    ]);
    expect(err).toBe(
      "! Your connection to The Bank has ended. Renew it: bankdata connect --renew a\n! Your connection to The Bank has been suspended. Renew it: bankdata connect --renew b\n",
    );
    expect(asked.filter((one) => one === "GET /institutions/BANK_X/")).toHaveLength(1);
  });

  it("connections ends with 5 and counts by kind what it could not understand", async () => {
    const service = usual(({ path }) => {
      if (path === "/requisitions/") return page([old, {}, {}]);
      return path === "/agreements/enduser/" ? page([{}]) : undefined;
    });
    const { code, err } = await run(service, "connections", "--json");
    const notes = err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([code, notes]).toEqual([
      5,
      [
        { note: "2 connections could not be understood and are left out here." },
        { note: "1 consent could not be understood and is left out here." },
      ],
    ]);
  });
});
