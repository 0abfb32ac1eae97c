import { expectTypeOf } from "vitest";
import type {
  AccountOrHandle,
  BalancesReading,
  BankAccount,
  BankBalance,
  BankProvider,
  BankReturn,
  BankTransaction,
  Connection,
  ConnectionState,
  Coverage,
  TransactionStatus,
  TransactionsReading,
} from "../../../../../packages/core/src/bank/index.ts";
import type { ConsentWay, RenewedConnection } from "../../../../../packages/core/src/connect/index.ts";
import { type GoCardlessClient, goCardlessProvider } from "../../../../../packages/core/src/index.ts";

declare const client: GoCardlessClient;
declare const account: BankAccount;
declare const reading: TransactionsReading;

/** Whether no field of a type can be written to. */
type IsReadonly<T> =
  (<U>() => U extends T ? 1 : 2) extends <U>() => U extends Readonly<T> ? 1 : 2 ? true : false;

expectTypeOf(goCardlessProvider).parameters.toEqualTypeOf<[GoCardlessClient]>();
expectTypeOf(goCardlessProvider(client)).toEqualTypeOf<BankProvider>();

expectTypeOf<TransactionStatus>().toEqualTypeOf<"booked" | "pending" | "scheduled" | "void">();
expectTypeOf<BankTransaction["status"]>().toEqualTypeOf<TransactionStatus>();
expectTypeOf<BankTransaction["amount"]>().toEqualTypeOf<string>();
expectTypeOf<BankTransaction["currency"]>().toEqualTypeOf<string>();
expectTypeOf<BankTransaction["bookingDate"]>().toEqualTypeOf<string | null>();
expectTypeOf<BankTransaction["text"]>().toEqualTypeOf<string>();
expectTypeOf<BankTransaction["raw"]>().toEqualTypeOf<unknown>();
expectTypeOf<ConnectionState>().toEqualTypeOf<
  "open" | "active" | "expired" | "suspended" | "ended" | "failed" | "unknown"
>();

expectTypeOf<IsReadonly<BankTransaction>>().toEqualTypeOf<true>();
expectTypeOf<IsReadonly<BankTransaction["ids"]>>().toEqualTypeOf<true>();
expectTypeOf<IsReadonly<BankTransaction["texts"]>>().toEqualTypeOf<true>();
expectTypeOf<IsReadonly<BankAccount>>().toEqualTypeOf<true>();
expectTypeOf<IsReadonly<BankBalance>>().toEqualTypeOf<true>();
expectTypeOf<IsReadonly<Connection>>().toEqualTypeOf<true>();
expectTypeOf<IsReadonly<Coverage>>().toEqualTypeOf<true>();
expectTypeOf<IsReadonly<{ amount: string }>>().toEqualTypeOf<false>();

expectTypeOf(reading.items).toEqualTypeOf<readonly BankTransaction[]>();
expectTypeOf<BalancesReading["items"]>().toEqualTypeOf<readonly BankBalance[]>();
expectTypeOf<Coverage>().toEqualTypeOf<{
  readonly from: string | null;
  readonly to: string | null;
  readonly pending: boolean;
}>();
// @ts-expect-error a list of transactions cannot be changed
reading.items.push(reading.items[0]);
// @ts-expect-error an amount is a decimal string, never a number
expectTypeOf<BankTransaction["amount"]>().toEqualTypeOf<number>();

expectTypeOf(account).toExtend<AccountOrHandle>();
expectTypeOf<{ handle: string }>().toExtend<AccountOrHandle>();
expectTypeOf<string>().toExtend<AccountOrHandle>();
expectTypeOf<{ iban: string }>().not.toExtend<AccountOrHandle>();

expectTypeOf<BankProvider["reconfirm"]>().toBeNullable();
expectTypeOf<Extract<BankReturn, { outcome: "refused" }>>().toHaveProperty("error");
expectTypeOf<Extract<BankReturn, { outcome: "returned" }>>().not.toHaveProperty("error");
expectTypeOf<Pick<ConsentWay, "show">>().toExtend<ConsentWay>();
expectTypeOf<RenewedConnection>().toHaveProperty("succession");
