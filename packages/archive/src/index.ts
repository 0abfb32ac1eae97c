export { beancountLedger, type Ledger, type LedgerAccount } from "./export/beancount.ts";
