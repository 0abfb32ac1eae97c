import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Received, type Reply, startService } from "../support/service.ts";
import { onText } from "../support/text.ts";

const main = resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

export const OLD = "0e944232-bda9-40bc-b784-660c7ab5fe78";
export const NEW = "1e944232-bda9-40bc-b784-660c7ab5fe78";

/** Requisitions as the service sends them. */
export const old = {
  id: OLD,
  status: "LN",
  reference: "the-old-one",
  institution_id: "BANK_X",
  accounts: ["acc-0"],
};
export const fresh = {
  id: NEW,
  status: "LN",
  reference: "the-new-one",
  institution_id: "BANK_X",
  accounts: ["acc-1"],
};

export const page = (results: unknown[]): Reply => ({
  body: { count: 0, next: null, previous: null, results },
});
export const refused = (status: number): Reply => ({
  status,
  body: { summary: "Not now", detail: "Try later", status_code: status },
});

/** A service that connects a bank at once; what `odd` returns takes precedence. */
export function usual(odd: (request: Received) => Reply | undefined) {
  return (request: Received): Reply | undefined => {
    const replaced = odd(request);
    if (replaced !== undefined) return replaced;
    const { method, path } = request;
    const [, room, id] = path.split("/");
    if (method === "DELETE") return { body: { summary: "Deleted", detail: "Deleted" } };
    if (method === "POST" && room === "requisitions")
      return { body: { ...fresh, link: "http://x.example/" } };
    if (path === `/requisitions/${NEW}/`) return { body: fresh };
    if (path === "/requisitions/") return page([old]);
    if (path === "/agreements/enduser/" && method === "GET") return page([]);
    if (room === "agreements") return { body: { id: "agreement", institution_id: "BANK_X" } };
    if (path === "/institutions/BANK_X/") return { body: { id: "BANK_X", name: "The Bank" } };
    if (path === `/accounts/${id}/`) return { body: { id, status: "READY", iban: "DE89370400440532013000" } };
    if (path === `/accounts/${id}/details/`) return { body: { account: { currency: "EUR", name: "Giro" } } };
    return undefined;
  };
}

/** Runs a command with a home of its own against a service. Returns what it printed and which requests it sent. */
export async function run(
  respond: (request: Received, interrupt: () => void) => Reply | undefined,
  ...args: string[]
) {
  const interrupting = { interrupt: () => {} };
  await using service = await startService((request) => respond(request, () => interrupting.interrupt()));
  const home = mkdtempSync(join(tmpdir(), "bankdata-connecting-"));
  try {
    writeFileSync(
      join(home, "bankdata.yaml"),
      "accounts:\n  - iban: de89 3704 0044 0532 0130 00\n    alias: giro\n",
    );
    const child = spawn(process.execPath, ["--conditions=bankdata-source", main, ...args], {
      cwd: home,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...{ PATH: process.env["PATH"], HOME: home, TZ: "UTC", BANKDATA_BASE_URL: service.baseUrl },
        ...{ GOCARDLESS_SECRET_ID: "id", GOCARDLESS_SECRET_KEY: "key" },
      },
    });
    interrupting.interrupt = () => child.kill("SIGINT");
    const output = { out: "", err: "" };
    onText(child.stdout, (text) => (output.out += text));
    onText(child.stderr, (text) => (output.err += text));
    const [code] = await once(child, "close");
    return { code, ...output, asked: service.asked() };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
