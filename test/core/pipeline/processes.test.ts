import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { GoCardlessClient } from "../../../packages/core/src/index.ts";
import { type Reply, type Service, startService } from "../../support/service.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const run = promisify(execFile);

/** Runs eight processes at once that share one cache file, and request the same balances. */
const eightProcesses = (service: Service, cacheName: string) =>
  manyProcesses(8, service, cacheName, "refresh");

async function manyProcesses(
  count: number,
  service: Service,
  cacheName: string,
  how: string,
): Promise<string[]> {
  const env = { ...process.env, BASE_URL: service.baseUrl, CACHE: cacheName, ACCOUNT, HOW: how };
  const script = join(import.meta.dirname, "one-process.ts");
  const processes = Array.from({ length: count }, () => run(process.execPath, [script], { env }));
  return (await Promise.all(processes)).map(({ stdout }) => stdout.trim()).sort();
}

const answering = (reply: Reply) =>
  startService((request) => (request.path.startsWith("/token/") ? undefined : reply));

it("eight processes that start at once create one token and share one quota", async () => {
  await using service = await answering({ body: { balances: [] } });
  const folder = await mkdtemp(join(tmpdir(), "bankdata-processes-"));
  try {
    const file = join(folder, "cache.sqlite");
    const outcomes = await eightProcesses(service, file);
    const answered = new Array<string>(4).fill("answered");
    expect(outcomes).toEqual([...new Array<string>(4).fill("RateLimitError"), ...answered].sort());
    expect(service.asked()).toHaveLength(4);
    expect(service.received.filter(({ path }) => path === "/token/new/")).toHaveLength(1);

    await using client = new GoCardlessClient({
      secretId: "the-secret-id",
      secretKey: "the-secret-key",
      baseUrl: service.baseUrl,
      cacheOptions: { cacheName: file },
    });
    expect((await client.quota(ACCOUNT)).balances).toMatchObject({ limit: 4, remaining: 0 });
    await client.getAccountDetails(ACCOUNT).catch(() => {});
    expect(service.received.filter(({ path }) => path === "/token/new/")).toHaveLength(1);

    for (const name of [file, `${file}-wal`]) {
      const bytes = (await readFile(name).catch(() => Buffer.alloc(0))).toString("latin1");
      for (const secret of ["the-secret-key", "access-1", "refresh-1"]) expect(bytes).not.toContain(secret);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

it("eight processes that find a damaged file set it aside once, and send no more calls than allowed", async () => {
  await using service = await answering({ body: { balances: [] } });
  const folder = await mkdtemp(join(tmpdir(), "bankdata-processes-"));
  try {
    const file = join(folder, "cache.sqlite");
    const first = await manyProcesses(2, service, file, "refresh");
    expect(first).toEqual(["answered", "answered"]);
    const database = new DatabaseSync(file);
    const { page } =
      database.prepare("SELECT rootpage AS page FROM sqlite_schema WHERE name = 'answers'").get() ?? {};
    database.close();
    const bytes = await readFile(file);
    bytes.fill(0xa5, (Number(page) - 1) * 4096, Number(page) * 4096);
    await writeFile(file, bytes);
    const outcomes = await eightProcesses(service, file);
    expect(outcomes.filter((outcome) => outcome === "answered")).toHaveLength(2);
    expect(service.asked()).toHaveLength(4);
    expect(service.received.filter(({ path }) => path === "/token/new/")).toHaveLength(1);
    const aside = (await readdir(folder)).filter((name) => name.includes("unusable"));
    expect(aside.filter((name) => !/-(?:wal|shm)$/.test(name))).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

it("twenty processes that need the same response at once send one request", async () => {
  await using service = await answering({ body: { balances: [] } });
  const folder = await mkdtemp(join(tmpdir(), "bankdata-processes-"));
  try {
    const outcomes = await manyProcesses(20, service, join(folder, "cache.sqlite"), "usual");
    expect(outcomes).toEqual(new Array<string>(20).fill("answered"));
    expect(service.asked()).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
