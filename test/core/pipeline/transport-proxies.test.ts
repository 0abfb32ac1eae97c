import type { LookupFunction } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";
import { nodeTransport } from "../../../packages/core/src/pipeline/node-transport.ts";
import { type Authority, authorityOf, certificateFor } from "../../support/certificates.ts";
import { startProxy } from "../../support/proxy.ts";
import { sized, startRawServer } from "../../support/raw-server.ts";
import { never, outcomeOf, requestOf } from "../../support/transports.ts";

let authority: Authority;

beforeAll(async () => {
  authority = await authorityOf("Trusted by the tests");
  setDefaultCACertificates([...getCACertificates("default"), authority.cert]);
});

/** Every name is 127.0.0.1, so that a request without the proxy arrives too. */
const lookup: LookupFunction = (_, __, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]);

const good = { status: 200, text: "good", truncated: false };

const startSecure = async (host = "bank.example") =>
  await startRawServer((socket) => socket.write(sized(200, "good")), {
    tls: await certificateFor({ host, authority }),
  });

const startPlain = async (host = "127.0.0.1") =>
  await startRawServer((socket) => socket.write(sized(200, "good")), { host });

describe("a proxy of the environment", () => {
  it.each(["HTTPS_PROXY", "https_proxy"])(
    "%s leads to https through a tunnel, which is kept",
    async (name) => {
      await using proxy = await startProxy();
      await using server = await startSecure();
      const env = { [name]: `http://127.0.0.1:${proxy.port}` };
      const send = nodeTransport(`https://bank.example:${server.port}/api`, { env, lookup });
      for (let nth = 0; nth < 3; nth += 1) expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
      expect(proxy.requests).toEqual([
        { method: "CONNECT", target: `bank.example:${server.port}`, credentials: undefined },
      ]);
      expect(server.requests.map(({ line }) => line)).toEqual(Array(3).fill("GET /api/items/?a=1 HTTP/1.1"));
      expect(server.requests[0]?.headers.get("host")).toBe(`bank.example:${server.port}`);
      expect(
        [...(server.requests[0]?.headers.keys() ?? [])].filter((key) => key.startsWith("proxy")),
      ).toEqual([]);
    },
  );

  it.each(["HTTP_PROXY", "http_proxy"])("%s leads to http with the whole URL", async (name) => {
    await using proxy = await startProxy();
    await using server = await startPlain();
    const env = { [name]: `http://127.0.0.1:${proxy.port}/`, HTTPS_PROXY: "http://127.0.0.1:1" };
    const send = nodeTransport(`http://bank.example:${server.port}/api`, { env, lookup });
    const body = JSON.stringify({ name: "Jürgen" });
    expect(await outcomeOf(send(requestOf({ method: "POST", body }), never()))).toEqual(good);
    const target = `http://bank.example:${server.port}/api/items/?a=1`;
    expect(proxy.requests).toEqual([{ method: "POST", target, credentials: undefined }]);
    expect(server.requests[0]?.body).toBe(body);
  });

  it("the lower case comes first, and a URL may lack its protocol", async () => {
    await using proxy = await startProxy();
    await using server = await startSecure();
    const env = { https_proxy: `127.0.0.1:${proxy.port}`, HTTPS_PROXY: "http://127.0.0.1:1" };
    const send = nodeTransport(`https://bank.example:${server.port}`, { env, lookup });
    expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    expect(proxy.requests).toHaveLength(1);
  });

  it.each(["HTTP://", "Http://", "ht\ntp://"])("its protocol may be written %j", async (protocol) => {
    await using server = await startRawServer((socket) => socket.write(sized(200, "good")));
    await using proxy = await startProxy();
    const env = { HTTP_PROXY: `${protocol}us%40er:w%25rd@127.0.0.1:${proxy.port}` };
    const send = nodeTransport(`http://bank.example:${server.port}`, { env, lookup });
    expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    expect(proxy.requests).toMatchObject([{ credentials: "us@er:w%rd" }]);
  });

  it("its credentials are sent to it alone", async () => {
    await using proxy = await startProxy();
    await using server = await startSecure();
    const env = { HTTPS_PROXY: `http://user%40firm:p%3Aword@127.0.0.1:${proxy.port}` };
    const send = nodeTransport(`https://bank.example:${server.port}`, { env, lookup });
    expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    expect(proxy.requests[0]?.credentials).toBe("user@firm:p:word");
    expect(JSON.stringify([...(server.requests[0]?.headers ?? [])])).not.toMatch(/proxy|word/);
  });

  it("TLS is verified through it", async () => {
    await using proxy = await startProxy();
    for (const [tls, code] of [
      [await certificateFor({ host: "other.example", authority }), "ERR_TLS_CERT_ALTNAME_INVALID"],
      [await certificateFor({ host: "bank.example" }), "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ] as const) {
      await using server = await startRawServer(() => {}, { tls });
      const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const send = nodeTransport(`https://bank.example:${server.port}`, { env, lookup });
      expect(await outcomeOf(send(requestOf(), never()))).toEqual({ lost: code, sent: false });
      expect(server.requests).toEqual([]);
    }
  });
});

describe("hosts that need no proxy", () => {
  it.each([
    "bank.example",
    "other.example, bank.example",
    ".example",
    "*.example",
    "*",
    "BANK.EXAMPLE",
    "bank.example:PORT",
    "other.example,.example:1,.example",
  ])("NO_PROXY=%s", async (list) => {
    await using server = await startPlain();
    for (const name of ["NO_PROXY", "no_proxy"]) {
      const env = { HTTP_PROXY: "http://127.0.0.1:1", [name]: list.replace("PORT", String(server.port)) };
      const send = nodeTransport(`http://bank.example:${server.port}`, { env, lookup });
      expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    }
  });

  it.each(["example", "ank.example", "notbank.example", "bank.example:1", "bank.example.org", ""])(
    "NO_PROXY=%s does not exempt bank.example",
    async (NO_PROXY) => {
      await using proxy = await startProxy();
      await using server = await startPlain();
      const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY };
      const send = nodeTransport(`http://bank.example:${server.port}`, { env, lookup });
      expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
      expect(proxy.requests).toHaveLength(1);
    },
  );

  it.each(["192.0.2.7", "192.0.2.1-192.0.2.9"])("NO_PROXY=%s exempts that address", async (NO_PROXY) => {
    await using proxy = await startProxy("HTTP/1.1 503 No");
    const of = (list: string) => {
      const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: list };
      return outcomeOf(
        nodeTransport("https://192.0.2.7:9", { env, connectTimeout: 20 })(requestOf(), never()),
      );
    };
    expect(await of("192.0.2.8")).toEqual({ lost: "ERR_PROXY_TUNNEL", sent: false });
    // Nobody is at that address, but it was not asked of the proxy.
    await of(NO_PROXY);
    expect(proxy.requests).toHaveLength(1);
  });

  it.each(["127.0.0.1", "127.9.8.7", "localhost", "bank.localhost", "[::1]"])(
    "%s never does",
    async (host) => {
      await using server = await startPlain(
        host === "[::1]" ? "::1" : host.startsWith("127") ? host : "127.0.0.1",
      );
      const env = { HTTP_PROXY: "http://127.0.0.1:1", HTTPS_PROXY: "nonsense://", NO_PROXY: "" };
      const isName = /[a-z]/.test(host);
      const send = nodeTransport(`http://${host}:${server.port}`, { env, ...(isName ? { lookup } : {}) });
      expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    },
  );
});

describe("a proxy that does not serve", () => {
  const through = (proxyUrl: string, connectTimeout?: number) =>
    nodeTransport("https://bank.example", { env: { HTTPS_PROXY: proxyUrl }, lookup, connectTimeout });

  it("that is down", async () => {
    const proxy = await startProxy();
    await proxy[Symbol.asyncDispose]();
    const send = through(`http://user:word@127.0.0.1:${proxy.port}`);
    expect(await outcomeOf(send(requestOf(), never()))).toEqual({ lost: "ECONNREFUSED", sent: false });
  });

  it.each(["HTTP/1.1 407 Proxy Authentication Required", "HTTP/1.1 502 Bad Gateway", "nonsense"])(
    "that refuses: %s",
    async (line) => {
      await using proxy = await startProxy(line);
      const send = through(`http://user:word@127.0.0.1:${proxy.port}`);
      const error = await send(requestOf(), never()).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "ERR_PROXY_TUNNEL", loss: { sent: false, isProxied: true } });
      expect(String(error)).not.toContain("word");
      await proxy.allClosed();
    },
  );

  it("that hangs, until time is up", async () => {
    await using proxy = await startProxy("silence");
    const send = through(`http://127.0.0.1:${proxy.port}`, 50);
    expect(await outcomeOf(send(requestOf(), never()))).toMatchObject({
      sent: false,
      lost: expect.any(String),
    });
    await proxy.allClosed();
  });

  it("that hangs, until the request is aborted, which closes the connection", async () => {
    await using proxy = await startProxy("silence");
    const controller = new AbortController();
    const sent = through(`http://127.0.0.1:${proxy.port}`)(requestOf(), controller.signal);
    const reason = new Error("the reason");
    while (proxy.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(sent).rejects.toBe(reason);
    await proxy.allClosed();
  });

  it.each([
    "socks5://127.0.0.1:1",
    "ftp://user:word@x",
    "http://user:word@:x",
    "http://u%ffser:word@x",
    "://word",
  ])("%s is a ConfigurationError that does not repeat it", (proxyUrl) => {
    const make = () => through(proxyUrl);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(
      /^The variable HTTPS_PROXY must be the URL of an HTTP proxy, such as http:\/\/proxy\.example:3128\.$/,
    );
  });
});

describe("a proxy that is itself reached through TLS", () => {
  /** The proxy on this machine, and a service that it leads to. */
  async function behind(answer: string | undefined, serviceAuthority: Authority | undefined) {
    const proxy = await startProxy(answer, await certificateFor({ host: "localhost", authority }));
    const tls = await certificateFor({
      host: "bank.example",
      ...(serviceAuthority && { authority: serviceAuthority }),
    });
    const server = await startRawServer((socket) => socket.write(sized(200, "good")), { tls });
    const env = { HTTPS_PROXY: `https://localhost:${proxy.port}` };
    const options = { env, lookup, ...(answer === "silence" && { connectTimeout: 300 }) };
    return { proxy, server, send: nodeTransport(`https://bank.example:${server.port}/api`, options) };
  }

  it("leads to the service, over one tunnel", async () => {
    const { proxy, server, send } = await behind(undefined, authority);
    await using _ = proxy;
    await using __ = server;
    for (let nth = 0; nth < 2; nth += 1) expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    expect(proxy.requests).toHaveLength(1);
  });

  it.each<[string, string | undefined, string]>([
    ["refuses", "HTTP/1.1 407 Proxy Authentication Required", "ERR_PROXY_TUNNEL"],
    ["hangs", "silence", "ETIMEDOUT"],
    ["leads to a service whose certificate is rejected", undefined, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ])("nothing is sent to the service if it %s", async (_, answer, lost) => {
    const { proxy, server, send } = await behind(answer, undefined);
    await using __ = proxy;
    await using ___ = server;
    expect(await outcomeOf(send(requestOf(), never()))).toEqual({ lost, sent: false });
    expect(server.requests).toEqual([]);
    await proxy.allClosed();
  });

  it("is left at once if the request is aborted while it hangs", async () => {
    const { proxy, server, send } = await behind("silence", authority);
    await using _ = proxy;
    await using __ = server;
    const stop = new AbortController();
    const sent = send(requestOf(), stop.signal);
    await vi.waitUntil(() => proxy.requests.length === 1);
    stop.abort(new Error("no longer wanted"));
    await expect(sent).rejects.toThrow("no longer wanted");
    await proxy.allClosed();
  });
});
