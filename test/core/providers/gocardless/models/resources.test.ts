import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { maskIbans } from "../../../../../packages/core/src/base/masking.ts";
import { Account } from "../../../../../packages/core/src/providers/gocardless/models/account.ts";
import {
  AccountDetail,
  AccountDetails,
} from "../../../../../packages/core/src/providers/gocardless/models/account-details.ts";
import {
  AcceptAgreementRequest,
  CreateAgreementRequest,
  EndUserAgreement,
  Reconfirmation,
} from "../../../../../packages/core/src/providers/gocardless/models/agreement.ts";
import {
  AccountBalances,
  Balance,
} from "../../../../../packages/core/src/providers/gocardless/models/balance.ts";
import {
  Institution,
  InstitutionFilter,
  Institutions,
} from "../../../../../packages/core/src/providers/gocardless/models/institution.ts";
import { PageRequest } from "../../../../../packages/core/src/providers/gocardless/models/page.ts";
import {
  CreateRequisitionRequest,
  Requisition,
  RequisitionPage,
} from "../../../../../packages/core/src/providers/gocardless/models/requisition.ts";
import type { ModelSchema } from "../../../../../packages/core/src/schema/as-sent.ts";
import { parseExactly } from "../../../../../packages/core/src/schema/json.ts";
import { growth } from "../../../../support/growth.ts";

describe("every field", () => {
  it.each<[string, ModelSchema<object>, Record<string, unknown>, string[]?]>([
    ["account", Account, { id: "a" }],
    ["balance", Balance, { balanceAmount: { amount: "1.00", currency: "EUR" } }],
    ["details", AccountDetail, {}],
    ["agreement", EndUserAgreement, { id: "a" }],
    ["requisition", Requisition, { id: "a" }],
    ["reconfirmation", Reconfirmation, { created: "2026-11-01" }, []],
    ["institution", Institution, { id: "a", name: "b" }, ["id"]],
  ])(
    "every field of the model %s may be null, except the required ones",
    (_, schema, least, required = Object.keys(least)) => {
      for (const name of Object.keys(schema.shape)) {
        if (name in least) continue;
        expect(schema.parse({ ...least, [name]: null }), name).toEqual({ ...least, [name]: null });
      }
      const sent = { ...least, somethingNew: { a: 1 } };
      expect(schema.parse(sent)).toEqual({ ...least, raw: sent });
      expect(schema.parse({ ...least })).toEqual(least);
      for (const name of required)
        expect(schema.safeParse({ ...least, [name]: undefined }).success).toBe(false);
    },
  );
});

describe("balances", () => {
  it("balances keep all digits, flags sent as strings, and unreadable items", () => {
    const response = AccountBalances.parse(
      parseExactly(
        '{"balances":[{"balanceAmount":{"amount":1e2,"currency":"EUR"},"balanceType":"expected","creditLimitIncluded":"true"},{"balanceType":"expected"}]}',
      ),
    );
    expect(response.balances).toEqual([
      {
        balanceAmount: { amount: "100", currency: "EUR" },
        balanceType: "expected",
        creditLimitIncluded: true,
        raw: {
          balanceAmount: { amount: "100", currency: "EUR" },
          balanceType: "expected",
          creditLimitIncluded: "true",
        },
      },
    ]);
    expect(response.unreadable).toMatchObject([
      { list: "balances", index: 1, raw: { balanceType: "expected" } },
    ]);
  });
});

describe("details", () => {
  it("account details have the address as a list, even if the bank sends one string", () => {
    expect(
      AccountDetails.parse({ account: { ownerAddressUnstructured: "Main street 1" } }).account
        .ownerAddressUnstructured,
    ).toEqual(["Main street 1"]);
    expect(
      AccountDetails.parse({ account: { ownerAddressUnstructured: ["a", "b"] } }).account
        .ownerAddressUnstructured,
    ).toEqual(["a", "b"]);
  });
});

describe("institutions", () => {
  it("the unreadable items of a list of institutions are not part of its JSON", () => {
    const list = Institutions.parse([{ id: "a", name: "A", transaction_total_days: 90 }, { name: "no id" }]);
    const raw = { id: "a", name: "A", transaction_total_days: 90 };
    expect(list).toEqual([{ id: "a", name: "A", transaction_total_days: "90", raw }]);
    expect(list.unreadable).toMatchObject([{ list: "institutions", index: 1, raw: { name: "no id" } }]);
    expect(JSON.stringify(list)).toBe(JSON.stringify([...list]));
  });
});

describe("pages", () => {
  it("a page keeps unreadable items apart from the others", () => {
    const page = RequisitionPage.parse({
      count: 2,
      next: null,
      previous: null,
      results: [{ id: "a", status: "NEW" }, { status: "CR" }],
    });
    expect(page.results).toEqual([{ id: "a", status: "NEW" }]);
    expect(page.unreadable).toMatchObject([{ list: "results", index: 1 }]);
  });
});

describe("requests", () => {
  const fault = (schema: z.ZodType, value: unknown) =>
    schema.safeParse(value).error?.issues.map((issue) => issue.path.join("."));

  it("a request for an agreement needs a bank, at most 730 days, and known access scopes", () => {
    expect(
      CreateAgreementRequest.parse({ institution_id: "B", max_historical_days: 730, extra: { more: 1 } }),
    ).toEqual({ institution_id: "B", max_historical_days: 730, more: 1 });
    expect(fault(CreateAgreementRequest, { institution_id: " " })).toEqual(["institution_id"]);
    for (const days of [0, 731, 1.5, "90"]) {
      expect(fault(CreateAgreementRequest, { institution_id: "B", access_valid_for_days: days })).toEqual([
        "access_valid_for_days",
      ]);
    }
    expect(fault(CreateAgreementRequest, { institution_id: "B", access_scope: [] })).toEqual([
      "access_scope",
    ]);
    expect(fault(CreateAgreementRequest, { institution_id: "B", access_scope: ["all"] })).toEqual([
      "access_scope.0",
    ]);
  });

  it("a request for a requisition needs a bank and an absolute URL to return to", () => {
    const least = { institution_id: "B", redirect: "http://localhost/" };
    expect(CreateRequisitionRequest.parse({ ...least, reference: "r" })).toEqual({
      ...least,
      reference: "r",
    });
    expect(CreateRequisitionRequest.parse({ ...least, redirect: null })["redirect"]).toBeNull();
    expect(fault(CreateRequisitionRequest, { ...least, redirect: "nowhere" })).toEqual(["redirect"]);
    expect(fault(CreateRequisitionRequest, { ...least, redirect: `http://a/${"x".repeat(1024)}` })).toEqual([
      "redirect",
    ]);
    expect(fault(CreateRequisitionRequest, { ...least, reference: "x".repeat(257) })).toEqual(["reference"]);
    expect(fault(CreateRequisitionRequest, { ...least, user_language: "german" })).toEqual(["user_language"]);
    expect(fault(CreateRequisitionRequest, {})?.sort()).toEqual(["institution_id", "redirect"]);
  });

  it("a request to accept an agreement needs a user agent and an IP address", () => {
    expect(AcceptAgreementRequest.parse({ user_agent: "x", ip_address: "::1" })).toEqual({
      user_agent: "x",
      ip_address: "::1",
    });
    expect(fault(AcceptAgreementRequest, { user_agent: "", ip_address: "here" })).toEqual([
      "user_agent",
      "ip_address",
    ]);
  });

  it("a request is rejected if it or extra has a member called __proto__, which would not be sent", () => {
    const issues = (text: string) => PageRequest.safeParse(JSON.parse(text)).error?.issues;
    const issue = { code: "custom", message: "cannot have a member called __proto__" };
    expect(issues('{"extra":{"a":1,"__proto__":{"b":2}}}')).toStrictEqual([{ ...issue, path: ["extra"] }]);
    expect(issues('{"limit":1,"__proto__":{"b":2}}')).toStrictEqual([{ ...issue, path: [] }]);
    const extra = JSON.parse('{"constructor":1,"toString":null,"proto":{"__proto__":2}}');
    expect(PageRequest.parse({ limit: 1, extra })).toStrictEqual({ limit: 1, ...extra });
  });

  it("a request with an invalid extra is rejected with the reason", () => {
    for (const extra of [5, null, [], "x"]) {
      expect(
        PageRequest.safeParse({ extra }).error?.issues.map(({ path, message }) => [path, message]),
      ).toEqual([[["extra"], "must be an object"]]);
    }
    expect(PageRequest.parse({ extra: undefined })).toEqual({});
    expect(fault(PageRequest, { extra: { limit: 5 } })).toEqual(["extra.limit"]);
  });

  it("a request for institutions names a country by two letters only", () => {
    expect(fault(InstitutionFilter, { country: "GBA" })).toEqual(["country"]);
  });
});

describe("maskIbans", () => {
  it.each([
    ["DE89370400440532013000", "DE89…3000"],
    ["to GB33 BUKB 2020 1555 5555 55.", "to GB33…5555."],
    ["gl6837980000037983", "gl68…7983"],
    ["7e944232-bda9-40bc-b784-660c7ab5fe78", "7e944232-bda9-40bc-b784-660c7ab5fe78"],
    ["ab121234-bda9-40bc-b784-ab1212345678", "ab121234-bda9-40bc-b784-ab1212345678"],
    ["SANDBOXFINANCE_SFIN0000", "SANDBOXFINANCE_SFIN0000"],
  ])("%s → %s", (text, masked) => expect(maskIbans(text)).toBe(masked));

  const VALID = [
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "NO9386011117947",
  ];

  it("a valid IBAN is masked, regardless of what separates its groups and what surrounds it", () => {
    const gap = fc.constantFrom(
      "",
      " ",
      "  ",
      "-",
      ".",
      "\u00a0",
      "\u202f",
      "\u2009",
      "_",
      "+",
      "%20",
      "%C2%A0",
      "\u200b",
      " - ",
    );
    const around = fc.constantFrom("", " ", "x", "9", "_", "/", "%20", "(", "ä", "IBAN:");
    fc.assert(
      fc.property(fc.constantFrom(...VALID), fc.nat(3), gap, around, around, fc.boolean(), (...given) => {
        const [iban, short, between, before, after, small] = given;
        const grouped = (small ? iban.toLowerCase() : iban).match(/.{1,4}/g)?.join(between) ?? "";
        const masked = maskIbans(`${before}${grouped}${after}`);
        expect(masked.replaceAll(/[^A-Za-z0-9]/g, "").toUpperCase()).not.toContain(
          iban.slice(4 + short, 10 + short),
        );
        expect(masked.toUpperCase()).toContain(`${iban.slice(0, 4)}…${iban.slice(-4)}`);
      }),
    );
  });

  it("an IBAN is masked even if it is split between country and check digits, or by many blanks", () => {
    for (const gap of [" ", "-", ".", "\u00a0", "\u200b", "\u180e"]) {
      expect(maskIbans([...(VALID[0] ?? "")].join(gap))).toBe("DE89…3000");
      expect(maskIbans(["DE", "89", "3704", "0044", "0532", "0130", "00"].join(gap))).toBe("DE89…3000");
    }
    expect(maskIbans(`to ${VALID[0]?.match(/.{1,4}/g)?.join("       ")}!`)).toBe("to DE89…3000!");
  });

  it("an IBAN whose letters and digits are percent-encoded is masked", () => {
    const encoded = [...(VALID[0] ?? "")].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join("");
    expect(maskIbans(`/accounts/${encoded}/`)).toBe("/accounts/DE89…3000/");
  });

  it("a UUID is not masked", () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(maskIbans(`/accounts/${id}/balances/`)).toBe(`/accounts/${id}/balances/`);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["DE89".repeat(25_000)],
    ["DE89 ".repeat(20_000)],
    ["DE8937040044053201300".repeat(5_000)],
    ["%20".repeat(33_000)],
    ["AD12%2".repeat(16_000)],
  ])("masking takes time in proportion to the length of %.12s…", (text) => {
    expect(growth((part) => maskIbans(part), text)).toBeLessThan(3);
  });
});
