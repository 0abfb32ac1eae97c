/** The kinds of account data that have a daily limit each. */
export type DataKind = "balances" | "details" | "transactions";

export const dataKinds: readonly DataKind[] = Object.freeze(["balances", "details", "transactions"]);
