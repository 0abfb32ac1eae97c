import { describe, expect, it } from "vitest";
import { compareAccounts } from "../../../../../packages/core/src/bank/index.ts";
import { ConnectionError } from "../../../../../packages/core/src/base/errors.ts";
import { Account } from "../../../../../packages/core/src/providers/gocardless/models/account.ts";
import { AccountDetail } from "../../../../../packages/core/src/providers/gocardless/models/account-details.ts";
import { neutralAccount } from "../../../../../packages/core/src/providers/gocardless/neutral/account.ts";

const consent = { grantedAt: null, validUntil: null, historyDays: 90 };
const connection = { id: "c", bankId: "B", consent };

function read(metadata: object | undefined, details?: object) {
  return neutralAccount(
    "h",
    {
      metadata: metadata && Account.parse({ id: "h", ...metadata }),
      details: details && AccountDetail.parse(details),
    },
    connection,
  );
}

describe("an account", () => {
  it("an account has what its connection says if nothing else could be read, and the error", () => {
    const error = new ConnectionError("away", null);
    const known = { metadata: undefined, details: undefined, error };
    expect(neutralAccount("h", known, connection)).toEqual({
      ...{ handle: "h", identities: [], connectionId: "c", bankId: "B", consent, iban: null, number: null },
      ...{
        label: null,
        holder: null,
        product: null,
        kind: null,
        currency: null,
        state: "unknown",
        stateAsSent: null,
      },
      ...{ detailed: false, error, raw: { metadata: null, details: null } },
    });
  });

  it("the bank's details of an account precede the service's metadata", () => {
    const metadata = {
      status: "READY",
      institution_id: "OWN",
      iban: "DE1",
      owner_name: "Owner",
      name: "Main",
    };
    expect(read(metadata)).toMatchObject({
      ...{ bankId: "OWN", iban: "DE1", holder: "Owner", label: "Main", state: "ready", detailed: false },
    });
    const details = {
      iban: "DE2",
      ownerName: "O &amp; P",
      name: "Giro",
      displayName: "Salary",
      product: "Girokonto",
    };
    expect(read(metadata, { ...details, currency: "EUR", cashAccountType: "CACC" })).toMatchObject({
      ...{
        iban: "DE1",
        holder: "O & P",
        label: "Salary",
        product: "Girokonto",
        kind: "CACC",
        currency: "EUR",
      },
      ...{ detailed: true, stateAsSent: "READY" },
    });
    expect(read({ iban: " " }, { iban: "DE2", name: "Giro", displayName: " " })).toMatchObject({
      ...{ iban: "DE2", label: "Giro", stateAsSent: null, state: "unknown" },
    });
    expect(read({ status: "BRAND_NEW" })).toMatchObject({ stateAsSent: "BRAND_NEW", state: "unknown" });
  });

  it("an account is identified by its IBAN, and by its domestic or card number, in its currency", () => {
    expect(read({ iban: "de89 3704 0044" }, { currency: "EUR" }).identities).toEqual([
      { scheme: "iban", scope: null, value: "DE8937040044", currency: "EUR" },
    ]);
    expect(read({ bban: "12 34" }).identities).toEqual([
      { scheme: "bban", scope: "B", value: "1234", currency: null },
    ]);
    expect(read({}, { scan: "12345612345678", currency: "GBP" }).number).toEqual({
      ...{ scheme: "bban", value: "12345612345678" },
    });
    expect(read({ iban: "DE1" }, { maskedPan: "xxxx-12345" }).identities).toEqual([
      { scheme: "iban", scope: null, value: "DE1", currency: null },
      { scheme: "card", scope: "B", value: "XXXX-12345", currency: null },
    ]);
    const phone = read({}, { msisdn: "+45 1" });
    expect([phone.number, phone.identities]).toEqual([{ scheme: "phone", value: "+45 1" }, []]);
  });

  it("numbers are unique within the account's own bank or, if unknown, the connection's, and IBANs anywhere", () => {
    const scopes = (metadata: object, details?: object) =>
      read(metadata, details).identities.map(({ scheme, scope }) => [scheme, scope]);
    expect(scopes({ institution_id: "OWN", iban: "DE1", bban: "12" })).toEqual([
      ["iban", null],
      ["bban", "OWN"],
    ]);
    expect(scopes({ institution_id: "OWN" }, { maskedPan: "xxxx-12345" })).toEqual([["card", "OWN"]]);
    expect(scopes({ institution_id: " ", bban: "12" })).toEqual([["bban", "B"]]);
    const known = { metadata: Account.parse({ id: "h", bban: "12" }), details: undefined };
    const unknown = neutralAccount("h", known, { id: null, bankId: null, consent });
    expect(unknown).toMatchObject({ connectionId: null, bankId: null });
    expect(unknown.identities).toEqual([{ scheme: "bban", scope: null, value: "12", currency: null }]);
  });

  it("an IBAN of spaces alone is not an identity", () => {
    expect(read({ iban: "\u200e" }).identities).toEqual([]);
  });

  it("an account is the same under a new handle, once its currency is known", () => {
    const euros = read({ iban: "DE1" }, { currency: "EUR" });
    expect(compareAccounts(read({ iban: "DE 1" }, { currency: "EUR" }), euros)).toBe("same");
    expect(compareAccounts(read({ iban: "DE1" }, { currency: "USD" }), euros)).toBe("different");
    expect(compareAccounts(read({ iban: "DE1" }), euros)).toBe("undecided");
  });

  it("an account keeps everything that was sent about it, however odd", () => {
    const metadata = { status: [], brand_new: 1 };
    const details = { currency: {}, ownerAddressUnstructured: "Main street 1" };
    expect(read(metadata, details).raw).toEqual({ metadata: { id: "h", ...metadata }, details });
  });
});
