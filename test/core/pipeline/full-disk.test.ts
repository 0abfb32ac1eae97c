import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { GoCardlessClient } from "../../../packages/core/src/index.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { type Service, startService } from "../../support/service.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const execute = promisify(execFile);
const script = join(import.meta.dirname, "one-process.ts");

/** A folder whose disk can be full, and how a process is started so that it is. */
interface Disk {
  folder: string;
  fill(): void;
  empty(): void;
  limits(): string;
}

/** A small disk of its own, which only root can mount. */
function smallDisk(): Disk {
  const folder = join(temporaryFolder(), "disk");
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=500k", "tmpfs", folder]);
  onTestFinished(() => void execFileSync("umount", [folder]));
  const file = join(folder, "fill");
  return {
    folder,
    fill() {
      try {
        writeFileSync(file, Buffer.alloc(1_000_000));
      } catch {} // It is full, as it should be.
    },
    empty: () => rmSync(file),
    limits: () => "",
  };
}

/** No file may grow, as on a full disk; works for every user. */
function limitedFiles(): Disk {
  let isFull = false;
  return {
    folder: temporaryFolder(),
    fill() {
      isFull = true;
    },
    empty() {
      isFull = false;
    },
    limits: () => (isFull ? "ulimit -f 0;" : ""),
  };
}

async function run(service: Service, disk: Disk, how: string): Promise<string> {
  const env = {
    ...process.env,
    BASE_URL: service.baseUrl,
    CACHE: join(disk.folder, "cache.sqlite"),
    ACCOUNT,
    HOW: how,
  };
  const command = `${disk.limits()} exec "$0" "$@"`;
  const { stdout } = await execute("sh", ["-c", command, process.execPath, script], { env });
  return stdout.trim();
}

const disks: [string, () => Disk][] = [["files that may not grow", limitedFiles]];
if (process.getuid?.() === 0 && process.platform === "linux") disks.push(["a small disk", smallDisk]);

describe.each(disks)("on a full disk (%s)", (_, make) => {
  it("on a full disk, a recent response is returned, no call is sent, and counting resumes once there is space", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { body: { balances: [] } },
    );
    const disk = make();
    expect(await run(service, disk, "usual")).toBe("answered");
    disk.fill();
    expect(await run(service, disk, "usual")).toBe("answered");
    expect(service.asked()).toHaveLength(1);
    expect(await run(service, disk, "refresh")).toBe("answered"); // From the cache.
    const outcomes: string[] = [];
    for (let nth = 0; nth < 9; nth += 1) outcomes.push(await run(service, disk, "forceRefresh"));
    expect(outcomes).toEqual(new Array<string>(9).fill("QuotaUnavailableError"));
    expect(service.asked()).toHaveLength(1);
    expect(service.received.filter(({ path }) => path === "/token/new/")).toHaveLength(1);
    expect(readdirSync(disk.folder).filter((name) => name.includes("unusable"))).toEqual([]);
    disk.empty();
    await using client = new GoCardlessClient({
      secretId: "the-secret-id",
      secretKey: "the-secret-key",
      baseUrl: service.baseUrl,
      cacheOptions: { cacheName: join(disk.folder, "cache.sqlite") },
    });
    expect((await client.quota(ACCOUNT)).balances.remaining).toBe(3);
    expect(await client.getAccountBalances(ACCOUNT)).toMatchObject({ balances: [] });
    expect(service.asked()).toHaveLength(1);
  }, 60_000);

  it("no call is sent if the disk was full from the start", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { body: { balances: [] } },
    );
    const disk = make();
    disk.fill();
    expect(await run(service, disk, "usual")).toBe("QuotaUnavailableError");
    expect(service.asked()).toHaveLength(0);
    disk.empty();
    expect(await run(service, disk, "usual")).toBe("answered");
  }, 60_000);
});
