import { once } from "node:events";
import { expect, it } from "vitest";
import { startService } from "../../support/service.ts";
import { onText } from "../../support/text.ts";
import { ended, person } from "./command.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** A service with one account, which never responds to the first request for balances. */
const startSilentService = () =>
  startService(({ path }, nth) => {
    if (path.startsWith("/requisitions/"))
      return { body: { count: 1, next: null, results: [{ id: "r1", status: "LN", accounts: [ACCOUNT] }] } };
    if (path.startsWith("/agreements/")) return { body: { count: 0, next: null, results: [] } };
    if (path.endsWith("/balances/")) {
      const balanceAmount = { amount: "12.30", currency: "EUR" };
      return nth === 1 ? () => {} : { body: { balances: [{ balanceAmount, balanceType: "expected" }] } };
    }
    return path.startsWith("/accounts/") ? { body: { id: ACCOUNT, status: "READY" } } : undefined;
  });

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGKILL", null],
] as const)("after %s ended a command, the next one does not wait for it", async (signal, code) => {
  await using me = await person();
  await using service = await startSilentService();
  const env = { BANKDATA_BASE_URL: service.baseUrl };
  const first = me.start(["balances"], env);
  let err = "";
  onText(first.stderr, (text) => (err += text));
  const balances = () => service.asked().filter((asked) => asked.endsWith("/balances/"));
  await expect.poll(() => balances().length, { timeout: 20_000, interval: 20 }).toBe(1);
  first.kill(signal);
  const [exitCode, killedBy] = await once(first, "close");
  expect([exitCode, killedBy]).toEqual(code === null ? [null, "SIGKILL"] : [code, null]);
  expect(err).toBe(code === null ? "" : "✗ Stopped.\n");

  const startedAt = performance.now();
  const second = await ended(me.start(["balances", "--json"], env));
  expect([second.code, second.err]).toEqual([0, ""]);
  expect(second.json()).toMatchObject([{ accountId: ACCOUNT, amount: "12.30" }]);
  // The second command would wait ten seconds for the lease of a process that seems alive.
  expect(performance.now() - startedAt).toBeLessThan(6000);
  expect(balances()).toHaveLength(2);
});

it("a command that waits for another process says so only on stderr", async () => {
  await using me = await person();
  await using service = await startSilentService();
  const env = { BANKDATA_BASE_URL: service.baseUrl };
  const first = me.start(["balances"], env);
  await expect
    .poll(() => service.asked().filter((asked) => asked.endsWith("/balances/")).length, { timeout: 20_000 })
    .toBe(1);
  const second = me.start(["balances", "--json"], env);
  let err = "";
  onText(second.stderr, (text) => (err += text));
  await expect
    .poll(() => err, { timeout: 20_000 })
    .toBe('{"note":"Waiting: another process is asking for the same."}\n');
  first.kill("SIGKILL");
  expect((await ended(second)).json()).toMatchObject([{ accountId: ACCOUNT, amount: "12.30" }]);
});
