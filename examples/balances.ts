/** Prints the balances of all connected accounts. Run it again: within six hours, it costs no call. */
import { clientFromEnvironment } from "./client.ts";

const client = clientFromEnvironment();
try {
  for (const account of await client.getAllAccounts()) {
    const { balances } = await client.getAccountBalances(account.id);
    for (const { balanceType, balanceAmount } of balances)
      console.log(account.iban, balanceType, balanceAmount.amount, balanceAmount.currency);
  }
} finally {
  await client.close();
}
