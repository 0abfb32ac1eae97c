import { execFile } from "node:child_process";
import type { LookupAddress } from "node:dns";
import { getEventListeners, setMaxListeners } from "node:events";
import { createServer, type LookupFunction, type Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { GoCardlessClient } from "../../../packages/core/src/index.ts";
import { nodeTransport } from "../../../packages/core/src/pipeline/node-transport.ts";
import { TestClock } from "../../support/clock.ts";
import { rawResponse, sized, startRawServer } from "../../support/raw-server.ts";
import { startService } from "../../support/service.ts";
import { never, outcomeOf, requestOf, transports } from "../../support/transports.ts";

const good = { status: 200, text: "good", truncated: false };

describe.each(transports)("what is sent, with %s", (_, transport) => {
  it.each(["GET", "DELETE"] as const)("%s sends its headers and no body", async (method) => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    const headers = {
      accept: "application/json",
      "user-agent": "bankdata",
      authorization: "Bearer access-1",
    };
    await transport(server.baseUrl)(requestOf({ method, headers }), never());
    const [request] = server.requests;
    expect(request?.line).toBe(`${method} /api/items/?a=1 HTTP/1.1`);
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      ...headers,
      host: `127.0.0.1:${server.port}`,
      connection: "keep-alive",
      "accept-encoding": expect.stringMatching(/^gzip, deflate(, br)?$/),
    });
    expect(
      ["content-length", "content-type", "transfer-encoding"].filter((key) => request?.headers.has(key)),
    ).toEqual([]);
    expect(request?.body).toBe("");
  });

  it.each(["POST", "PUT"] as const)("%s sends its body with its length in bytes", async (method) => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    const body = JSON.stringify({ name: "Jürgen €", emoji: "😀" });
    const headers = { "content-type": "application/json" };
    await transport(server.baseUrl)(requestOf({ method, body, headers }), never());
    expect(server.requests[0]?.body).toBe(body);
    expect(Object.fromEntries(server.requests[0]?.headers ?? [])).toMatchObject({
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
    });
  });

  it.each(["POST", "PUT"] as const)("%s without a body says that it has none", async (method) => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    await transport(server.baseUrl)(requestOf({ method }), never());
    expect(server.requests[0]?.headers.get("content-length")).toBe("0");
    expect(server.requests[0]?.headers.has("transfer-encoding")).toBe(false);
  });

  it("a redirect is a response like any other", async () => {
    await using server = await startRawServer((socket) =>
      socket.write(sized(302, "", ["Location: /api/else/"])),
    );
    const { status, headers } = await transport(server.baseUrl)(requestOf(), never());
    expect([status, headers.get("location"), server.requests.length]).toEqual([302, "/api/else/", 1]);
  });
});

describe.each(transports)("connections that are kept, with %s", (name, transport) => {
  it("requests in turn share one connection, and 300 at once have one each", async () => {
    let waiting: (() => void)[] = [];
    await using server = await startRawServer((socket, { line, nth }) => {
      const respond = () => socket.write(sized(200, line));
      if (nth <= 20) respond();
      else if (waiting.push(respond) === 300) {
        for (const go of waiting) go();
        waiting = [];
      }
    });
    const send = transport(server.baseUrl);
    for (let nth = 0; nth < 20; nth += 1) await send(requestOf(), never());
    // fetch sometimes opens a second one.
    if (name === "node") expect(server.connections).toBe(1);
    else expect(server.connections).toBeLessThan(3);
    const targets = Array.from({ length: 300 }, (_, at) => `/at/${at}/`);
    const texts = await Promise.all(
      targets.map(async (target) => (await send(requestOf({ target }), never())).text),
    );
    expect(texts).toEqual(targets.map((target) => `GET /api${target} HTTP/1.1`));
    expect(server.connections).toBeGreaterThanOrEqual(300);
    expect(server.connections).toBeLessThan(303);
  });

  it.each<[string, Buffer]>([
    ["Connection: close", sized(200, "good", ["Connection: close"])],
    ["HTTP/1.0", sized("HTTP/1.0 200 OK", "good")],
    ["a Keep-Alive of one second", sized(200, "good", ["Keep-Alive: timeout=1"])],
  ])("a connection is not used again after %s", async (_, bytes) => {
    await using server = await startRawServer((socket) => socket.write(bytes));
    const send = transport(server.baseUrl);
    for (let nth = 0; nth < 3; nth += 1) expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    expect(server.connections).toBe(3);
    await server.allClosed();
  });

  it("a connection whose response was too long, or an error without an end, is closed", async () => {
    await using server = await startRawServer((socket, { nth }) => {
      socket.write(rawResponse(nth === 1 ? 200 : 500, ["Content-Length: 10000000"], "x".repeat(70_000)));
    });
    const send = transport(server.baseUrl);
    for (const status of [200, 500]) {
      const outcome = await outcomeOf(send(requestOf({ maxResponseBytes: 66_000 }), never()));
      expect(outcome).toEqual({ status, text: "x".repeat(65_536), truncated: true });
      await server.allClosed();
    }
    // fetch replaces a lost connection before it needs it.
    if (name === "node") expect(server.connections).toBe(2);
  });

  it("a connection that the server closes while it is idle is replaced", async () => {
    await using server = await startRawServer((socket, { connection }) => {
      socket.write(sized(200, "good"));
      if (connection === 1) socket.end();
    });
    const send = transport(server.baseUrl);
    expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    await server.allClosed();
    expect(await outcomeOf(send(requestOf({ method: "POST", body: "{}" }), never()))).toEqual(good);
    expect(server.connections).toBe(2);
  });

  it.each(["GET", "POST"] as const)(
    "a %s is not sent again by itself if its connection is lost",
    async (method) => {
      await using server = await startRawServer((socket, { nth }) => {
        if (nth === 2) socket.destroy();
        else socket.write(sized(200, "good"));
      });
      const send = transport(server.baseUrl);
      await send(requestOf(), never());
      const outcome = await outcomeOf(
        send(requestOf({ method, body: method === "GET" ? undefined : "{}" }), never()),
      );
      expect(outcome).toEqual({ lost: name === "node" ? "ECONNRESET" : "UND_ERR_SOCKET", sent: true });
      expect(server.requests).toHaveLength(2);
    },
  );
});

describe("connections of node:http that the server closed as they were used again", () => {
  it("no write is lost to a server that closes each connection unannounced, and few reads are", async () => {
    await using server = await startRawServer((socket) => socket.end(sized(200, "good")));
    const send = nodeTransport(server.baseUrl, { env: {} });
    const lost = { GET: 0, POST: 0 };
    for (let nth = 0; nth < 400; nth += 1) {
      const method = nth % 2 === 0 ? "POST" : "GET";
      const body = method === "POST" ? "{}" : undefined;
      const outcome = await outcomeOf(send(requestOf({ method, body }), never()));
      if ("lost" in outcome) lost[method] += 1;
    }
    expect(lost.POST).toBe(0);
    // Of those sent at once, half would be lost.
    expect(lost.GET).toBeLessThan(40);
  });

  it("a write has a connection of its own, which is kept for the reads that follow", async () => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    const send = nodeTransport(server.baseUrl, { env: {} });
    for (const method of ["GET", "POST", "GET", "GET", "PUT", "GET"] as const)
      expect(await outcomeOf(send(requestOf({ method }), never()))).toEqual(good);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2, 2, 2, 3, 3]);
  });

  /** Two connections are kept; the server treats the next request on one of them like this. */
  async function lossAfterKept(respond: (socket: Socket) => void) {
    await using server = await startRawServer((socket, { nth }) => {
      if (nth === 3) respond(socket);
      else socket.write(sized(200, "good"));
    });
    const send = nodeTransport(server.baseUrl, { env: {} });
    await Promise.all([send(requestOf(), never()), send(requestOf(), never())]);
    const error = await send(requestOf(), never()).catch((reason: unknown) => reason);
    await send(requestOf(), never());
    return { error, connections: server.connections };
  }

  it("the loss says so, and the other idle ones are not used either", async () => {
    const { error, connections } = await lossAfterKept((socket) => socket.destroy());
    expect(error).toMatchObject({ code: "ECONNRESET", loss: { sent: true, wasIdle: true } });
    expect(connections).toBe(3);
  });

  it("a response that has begun is not taken for one", async () => {
    const { error, connections } = await lossAfterKept((socket) => {
      socket.end("HTTP/1.1 200 OK\r\nContent-");
    });
    expect(error).toMatchObject({ code: "ECONNRESET", loss: { sent: true, wasIdle: false } });
    expect(connections).toBe(2);
  });

  it("a GET is sent again at once, and counts twice; a write is not", async () => {
    let lose = false;
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      if (!lose) return { body: { balances: [], id: "1" } };
      lose = false;
      return (_, response) => response.destroy();
    });
    const clock = new TestClock();
    const client = new GoCardlessClient({
      ...{ secretId: "the-id", secretKey: "the-key", baseUrl: service.baseUrl, cacheOptions: false },
      ...{ now: clock.now, sleep: clock.sleep, random: () => 0 },
    });
    await client.getAccountBalances("an-account");
    lose = true;
    await client.getAccountBalances("an-account");
    expect(clock.slept).toEqual([0]);
    expect((await client.quota("an-account")).balances.remaining).toBe(1);
    lose = true;
    const wish = { institution_id: "BANK" };
    await expect(client.createAgreement(wish)).rejects.toMatchObject({ name: "ConnectionError", sent: true });
    expect(service.asked().filter((one) => one.startsWith("POST"))).toHaveLength(1);
  });
});

describe("a process that has sent a request", () => {
  it("ends at once, although its connection is kept", async () => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    const script = join(import.meta.dirname, "transport-process.ts");
    const args = ["--conditions=bankdata-source", "--no-warnings", script, server.baseUrl];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const [text, milliseconds] = stdout.trim().split("\n");
    expect(text).toBe("good");
    // Idle connections are dropped after four seconds.
    expect(Number(milliseconds)).toBeLessThan(2000);
  });
});

describe.each(transports)("an aborted request, with %s", (name, transport) => {
  const reason = new Error("the reason");

  it("is not sent if its signal has aborted", async () => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    await expect(transport(server.baseUrl)(requestOf(), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.connections).toBe(0);
  });

  const inTheBody = rawResponse(200, ["Content-Length: 100"], "begun");
  const encoded = gzipSync(Buffer.from(Array.from({ length: 100_000 }, (_, at) => at).join()));
  const inDecompression = rawResponse(
    200,
    [`Content-Length: ${encoded.length}`, "Content-Encoding: gzip"],
    encoded.subarray(0, encoded.length >> 1),
  );
  it.each<[string, Buffer]>([
    ["while it waits for the response", Buffer.alloc(0)],
    ["within the headers", Buffer.from("HTTP/1.1 200 OK\r\nContent-")],
    ["between headers and body", rawResponse(200, ["Content-Length: 100"])],
    ["within the body", inTheBody],
    ["within an error's body", rawResponse(500, ["Content-Length: 100"], "begun")],
    ["during decompression", inDecompression],
  ])("rejects with the reason and closes its connection: %s", async (_, bytes) => {
    const controller = new AbortController();
    await using server = await startRawServer((socket) => {
      socket.write(bytes);
      // The bytes have arrived before the abort, as a later turn brings both.
      setImmediate(() => setImmediate(() => controller.abort(reason)));
    });
    const sent = transport(server.baseUrl)(requestOf(), controller.signal);
    await expect(sent).rejects.toBe(reason);
    await server.allClosed();
    expect(getEventListeners(controller.signal, "abort").length).toBe(0);
  });

  it("rejects while it connects", async () => {
    const controller = new AbortController();
    // A server that accepts no connection until it is asked to: TLS is never answered.
    await using server = await startSilentServer();
    const sent = transport(`https://127.0.0.1:${server.port}`)(requestOf(), controller.signal);
    await server.connected;
    controller.abort(reason);
    await expect(sent).rejects.toBe(reason);
    await server.closed;
  });

  it("leaves no listeners on a signal that many requests share, and warns of nothing", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    const controller = new AbortController();
    setMaxListeners(200, controller.signal);
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    const send = transport(server.baseUrl);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => send(requestOf(), controller.signal)));
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
    // fetch removes its own when the request is garbage.
    if (name === "node") expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});

describe.each(transports)("a service that cannot be reached, with %s", (_, transport) => {
  it("no server", async () => {
    const server = await startRawServer(() => {});
    await server[Symbol.asyncDispose]();
    expect(await outcomeOf(transport(server.baseUrl)(requestOf(), never()))).toEqual({
      lost: "ECONNREFUSED",
      sent: false,
    });
  });

  it("no such host", async () => {
    const outcome = await outcomeOf(transport("http://no-such-host.invalid")(requestOf(), never()));
    expect(outcome).toEqual({ lost: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/), sent: false });
  });

  it("a server that closes the connection without a word", async () => {
    await using server = await startRawServer((socket) => socket.destroy());
    const outcome = await outcomeOf(transport(server.baseUrl)(requestOf(), never()));
    expect(outcome).toEqual({ lost: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/), sent: true });
  });

  it("a server that switches protocols", async () => {
    await using server = await startRawServer((socket) =>
      socket.write(rawResponse(101, ["Upgrade: x", "Connection: upgrade"])),
    );
    const outcome = await outcomeOf(transport(server.baseUrl)(requestOf(), never()));
    expect(outcome).toMatchObject({ sent: true });
    expect(outcome).not.toHaveProperty("status");
  });

  it("localhost is 127.0.0.1 if nothing listens on ::1, and an address of IPv6 is reached too", async () => {
    await using four = await startRawServer((socket) => socket.write(sized(200, "good")));
    const named = transport(`http://localhost:${four.port}`)(requestOf(), never());
    expect(await outcomeOf(named)).toEqual(good);
    await using six = await startRawServer((socket) => socket.write(sized(200, "good")), { host: "::1" });
    expect(await outcomeOf(transport(six.baseUrl)(requestOf(), never()))).toEqual(good);
    expect(six.requests[0]?.headers.get("host")).toBe(`[::1]:${six.port}`);
  });
});

describe("what node:http connects to", () => {
  const lookupOf =
    (addresses: readonly LookupAddress[] | NodeJS.ErrnoException): LookupFunction =>
    (_, __, callback) => {
      if (addresses instanceof Error) callback(addresses, "");
      else callback(null, [...addresses]);
    };

  it("each address of a host is tried", async () => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    await using six = await startRawServer((socket) => socket.write(sized(200, "good")), { host: "::1" });
    const both = lookupOf([
      { address: "::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
    ]);
    for (const { port } of [server, six]) {
      const send = nodeTransport(`http://bank.example:${port}`, { env: {}, lookup: both });
      expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    }
    expect(server.requests.at(-1)?.headers.get("host")).toBe(`bank.example:${server.port}`);
    await using none = await startRawServer(() => {}, { host: "127.0.0.3" });
    const send = nodeTransport(`http://bank.example:${none.port}`, { env: {}, lookup: both });
    expect(await outcomeOf(send(requestOf(), never()))).toEqual({ lost: "ECONNREFUSED", sent: false });
  });

  it("a connection that does not get ready in time", async () => {
    await using server = await startSilentServer();
    const send = nodeTransport(`https://127.0.0.1:${server.port}`, { env: {}, connectTimeout: 50 });
    expect(await outcomeOf(send(requestOf(), never()))).toEqual({ lost: "ETIMEDOUT", sent: false });
    await server.closed;
  });

  it.each(["ENOTFOUND", "EAI_AGAIN"])("nothing was sent after %s", async (code) => {
    const lookup = lookupOf(Object.assign(new Error(`getaddrinfo ${code}`), { code }));
    const send = nodeTransport("https://bank.example", { env: {}, lookup });
    expect(await outcomeOf(send(requestOf(), never()))).toEqual({ lost: code, sent: false });
  });
});

/** A server that accepts connections and says nothing. */
async function startSilentServer() {
  const connected = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("close", () => closed.resolve());
    socket.on("data", () => connected.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    connected: connected.promise,
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
