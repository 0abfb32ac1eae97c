import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../support/free-port.ts";

/** A server that a test has started. */
export interface Server {
  address: string;
  stop(): Promise<void>;
  /** Stops it, and removes its data. */
  remove(): Promise<void>;
  /** Starts it again at the same address, with its data. */
  start(): Promise<void>;
}

/** Starts `redis-server` on a free port. */
export async function startRedis(): Promise<Server> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "bankdata-redis-"));
  return await running(
    `redis://127.0.0.1:${port}`,
    () => listens(port),
    folder,
    () =>
      spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", ""], {
        stdio: "ignore",
      }),
  );
}

/** Starts PostgreSQL on a free port. It refuses to run as root, so root starts it as the user "postgres". */
export async function startPostgres(): Promise<Server> {
  const [initdb, postgres] = [postgresProgram("initdb"), postgresProgram("postgres")];
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "bankdata-postgres-"));
  const asUser: { uid?: number; gid?: number } = process.getuid?.() === 0 ? userIds("postgres") : {};
  if (asUser.uid !== undefined && asUser.gid !== undefined) chownSync(folder, asUser.uid, asUser.gid);
  const data = join(folder, "data");
  execFileSync(initdb, ["-D", data, "-U", "bank", "-A", "trust", "--no-sync"], {
    ...asUser,
    cwd: folder,
    stdio: "ignore",
  });
  const address = `postgresql://bank@127.0.0.1:${port}/postgres`;
  const flags = ["-D", data, "-p", `${port}`, "-k", folder, "-c", "listen_addresses=127.0.0.1", "-F"];
  return await running(
    address,
    () => acceptsPostgres(address),
    folder,
    () => spawn(postgres, flags, { ...asUser, cwd: folder, stdio: "ignore" }),
  );
}

/** Whether the server is ready; it listens before, while it still recovers what it had when it was stopped. */
async function acceptsPostgres(address: string): Promise<boolean> {
  const client = new pg.Client(address);
  client.on("error", () => {});
  const isReady = await client.connect().then(
    () => true,
    () => false,
  );
  await client.end().catch(() => {});
  return isReady;
}

async function running(
  address: string,
  isReady: () => Promise<boolean>,
  folder: string,
  launch: () => ChildProcess,
): Promise<Server> {
  let child = await launched(launch);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGINT");
    await once(child, "exit");
  };
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await until(isReady, address);
  return {
    address,
    stop,
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
    async start() {
      child = await launched(launch);
      await until(isReady, address);
    },
  };
}

/** A process that has started. @throws Error that names the program if it is not there */
async function launched(launch: () => ChildProcess): Promise<ChildProcess> {
  const child = launch();
  try {
    await once(child, "spawn");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing ? new Error(`the program ${child.spawnfile} is missing`, { cause: error }) : error;
  }
  return child;
}

async function until(isReady: () => Promise<boolean>, address: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    if (await isReady()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing is ready at ${address}`);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const listening = await Promise.race([
    once(socket, "connect").then(
      () => true,
      () => false,
    ),
    once(socket, "close").then(() => false),
  ]);
  socket.destroy();
  return listening;
}

function userIds(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/**
 * The path of a server program, which Debian keeps outside of PATH, in one folder for each version.
 *
 * @throws Error that names the program if it is not there
 */
function postgresProgram(name: string): string {
  const [path] = globSync(`/usr/lib/postgresql/*/bin/${name}`).sort().reverse();
  if (path === undefined) throw new Error(`the program ${name} of PostgreSQL is missing`);
  return path;
}
