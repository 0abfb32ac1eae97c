import { dateAt, dateOfDay, dayNumber } from "../../banks/day.ts";
import { hexOf } from "../../banks/hex.ts";
import { bookedBalance, decimal, pendingSum } from "../../banks/history.ts";
import type { SandboxAccount } from "../../banks/index.ts";
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
    balance(booked, "interimBooked", today),
    quirks.includes("creditLimitInAvailable")
      ? { ...balance(booked + pending + CREDIT_LIMIT, "interimAvailable", today), creditLimitIncluded: true }
      : available,
  ];
}

/** The details of an account. */
export function detailsOf(account: SandboxAccount): Payload {
  const { quirks, iban, currency, cashAccountType } = account;
  const resourceId = hexOf(account.seed, "resource");
  if (quirks.includes("bareDetails")) return { resourceId, iban, currency };
  return {
    resourceId,
    iban,
    bban: account.bban,
    currency,
    ownerName: account.ownerName,
    name: account.name,
    product: account.product,
    cashAccountType,
    status: "enabled",
    usage: "PRIV",
    ...(account.maskedPan === null ? {} : { maskedPan: account.maskedPan }),
    ...(quirks.includes("severalOwners")
      ? {
          ownerName: `${account.ownerName} & Kim Taylor`,
          ownerAddressUnstructured: ["12 Harbour Street", "Springfield"],
          linkedAccounts: `${resourceId}-card`,
        }
      : {}),
  };
}
