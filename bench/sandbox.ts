import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { compare, type Measure } from "./measure.ts";

const ACCOUNTS = 10_000;
const CONNECTIONS = 20;

/** The goals for a large sandbox: seconds to start, and balances per second. */
const START = 2;
const RATE = 3000;

/** (k) A sandbox of 10,000 accounts with 20 transactions a day: its start, and balances per second, each account once. */
export async function largeSandbox(): Promise<Measure[]> {
  const started = performance.now();
  const sandbox = spawn(
    process.execPath,
    [
      "--conditions=bankdata-source",
      join(import.meta.dirname, "../packages/cli/src/main.ts"),
      ...[
        "sandbox",
        "--port",
        "0",
        "--no-limits",
        "--accounts",
        String(ACCOUNTS),
        "--transactions-per-day",
        "20",
      ],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  try {
    const [line] = await once(sandbox.stdout, "data");
    const start = (performance.now() - started) / 1000;
    const rate = await balancesPerSecond(String(line).trim());
    return [
      compare(
        `(k) sandbox of ${ACCOUNTS.toLocaleString("en")} accounts: start`,
        start,
        "allowed",
        START,
        1,
        "s",
      ),
      // A rate to exceed, so the ratio is inverted.
      compare("(k) balances per second, each account once", RATE, "served", rate, 1, "wanted"),
    ];
  } finally {
    sandbox.kill();
  }
}

async function balancesPerSecond(baseUrl: string): Promise<number> {
  const credentials = { secret_id: "sandbox-secret-id", secret_key: "sandbox-secret-key" };
  const body = new URLSearchParams(credentials);
  const { access } = JSON.parse(
    await (await fetch(`${baseUrl}/token/new/`, { method: "POST", body })).text(),
  );
  const state = JSON.parse(await (await fetch(new URL("/_sandbox/state", baseUrl))).text());
  const ids: string[] = state.accounts.map(({ id }: { id: string }) => id);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = { authorization: `Bearer ${access}` };
  const request = (id: string) =>
    new Promise<void>((resolve, reject) => {
      get(`${baseUrl}/accounts/${id}/balances/`, { agent, headers }, (response) => {
        if (response.statusCode !== 200)
          reject(new Error(`unexpected response status ${response.statusCode}`));
        response.resume().on("end", resolve);
      }).on("error", reject);
    });
  const queue = ids.values();
  const started = performance.now();
  const workers = Array.from({ length: CONNECTIONS }, async () => {
    for (const id of queue) await request(id);
  });
  await Promise.all(workers);
  agent.destroy();
  return ids.length / ((performance.now() - started) / 1000);
}
