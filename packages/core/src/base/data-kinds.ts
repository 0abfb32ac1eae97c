/** The kinds of account data that have a daily limit each. */
export type DataKind = "balances" | "details" | "transactions";

/** Every kind, in the order of the alphabet. */
export const dataKinds: readonly DataKind[] = Object.freeze(["balances", "details", "transactions"]);
