import { dateAt, dateOfDay, dayNumber } from "../../banks/day.ts";
import { hexOf } from "../../banks/hex.ts";
import { bookedBalance } from "../../banks/history.ts";
import type { SandboxAccount } from "../../banks/index.ts";
import { lastChangeOf } from "../../banks/last-change.ts";
import { decimal } from "../../banks/money.ts";
import { Random } from "../../banks/random.ts";
import { pendingSum } from "../../banks/sums.ts";
import type { Payload } from "./quirks.ts";

/** The credit limit at a bank with `creditLimitInAvailable`, in the currency's smallest unit. */
const CREDIT_LIMIT = 100_000n;

/** The balances of an account: the booked balance at the end of the day, and what pending entries leave of it. */
export function balancesOf(account: SandboxAccount, at: Date): Payload[] {
  const { quirks, currency } = account;
  const today = dayNumber(dateAt(at));
  const booked = bookedBalance(account, today);
  const pending = pendingSum(account, today);
  const balance = (minor: bigint, balanceType: string, day?: number): Payload => ({
    balanceAmount: { amount: decimal(minor), currency },
    balanceType,
    ...(day === undefined ? {} : { referenceDate: dateOfDay(day) }),
  });
  if (quirks.includes("closingBalances")) {
    return [
      balance(bookedBalance(account, today - 1), "closingBooked"),
      balance(booked + pending, "expected"),
    ];
  }
  const available = balance(booked + pending, "interimAvailable", today);
  return [
    {
      ...balance(booked, "interimBooked", today),
      ...(quirks.includes("lastChange") ? lastChange(account, today) : {}),
    },
    quirks.includes("creditLimitInAvailable")
      ? { ...balance(booked + pending + CREDIT_LIMIT, "interimAvailable", today), creditLimitIncluded: true }
      : available,
  ];
}

/** The latest booked entry of the last two months, and when the balance changed: at midnight, when entries are booked. */
function lastChange(account: SandboxAccount, today: number): Payload {
  const last = lastChangeOf(account, today);
  if (last === undefined) return {};
  return {
    lastChangeDateTime: `${dateOfDay(last.day)}T00:00:00.000Z`,
    ...(last.booked === undefined ? {} : { lastCommittedTransaction: last.booked.id }),
  };
}

/** The details of an account. */
export function detailsOf(account: SandboxAccount): Payload {
  const { quirks, iban, bban, currency, cashAccountType, maskedPan } = account;
  const resourceId = hexOf(account.seed, "resource");
  const number = { ...(iban === null ? {} : { iban }), ...(maskedPan === null ? {} : { maskedPan }) };
  if (quirks.includes("bareDetails")) return { resourceId, ...number, currency };
  return {
    resourceId,
    ...number,
    ...(bban === null ? {} : { bban }),
    currency,
    ownerName: account.ownerName,
    name: account.name,
    product: account.product,
    cashAccountType,
    status: "enabled",
    usage: "PRIV",
    ...habitualDetails(account),
    ...(quirks.includes("severalOwners")
      ? {
          ownerName: `${account.ownerName} & Kim Taylor`,
          ownerAddressUnstructured: ["12 Harbour Street", "Springfield"],
          linkedAccounts: `${resourceId}-card`,
        }
      : {}),
  };
}

function habitualDetails(account: SandboxAccount): Payload {
  const { quirks, bban } = account;
  const random = new Random(account.seed, "details");
  const digits = random.digits(10);
  const found: Payload = {};
  if (quirks.includes("fullDetails")) {
    Object.assign(found, {
      bic: account.bic,
      displayName: `${account.name} ${account.ownerName}`,
      details: `${account.product ?? account.name}, opened online`,
      ownerAddressStructured: {
        streetName: "Harbour Street",
        buildingNumber: "12",
        townName: "Springfield",
        postCode: digits.slice(0, 5),
        country: account.country,
      },
    });
  }
  // Six digits of sort code and eight of the account number, which a British IBAN ends with.
  if (quirks.includes("sortCode") && bban !== null) found["scan"] = bban.slice(-14);
  if (quirks.includes("phoneNumber")) found["msisdn"] = `+45${digits.slice(0, 8)}`;
  // A Czech BBAN is the code of the bank, and an account number of six and ten digits; people write it the other way round.
  if (quirks.includes("secondaryIdentification") && bban !== null) {
    found["additionalAccountData"] = { secondaryIdentification: `${bban.slice(-10)}/${bban.slice(0, 4)}` };
  }
  return found;
}
