import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { describe, expect, it } from "vitest";
import { sandboxTls } from "../../packages/sandbox/src/gocardless/tls.ts";
import { type Sandbox, startSandbox } from "../../packages/sandbox/src/index.ts";
import { hasAddress, ownAddress } from "./own-address.ts";
import { sendRaw } from "./raw-client.ts";
import { ask, askForTunnel, SERVICE, withTls } from "./tls-client.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** The first bytes that a client sends for an encrypted connection. */
async function clientHello(): Promise<Buffer> {
  return await new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        resolve(chunk);
        done();
      },
    });
    connectTls({ socket: wire, servername: "bankaccountdata.gocardless.com" }).on("error", () => undefined);
  });
}

/** Asks for a tunnel, and resets the connection at once. */
async function resetAfter(baseUrl: string, target: string): Promise<void> {
  const socket = connect(Number(new URL(baseUrl).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`, () => socket.resetAndDestroy());
  await once(socket, "close");
}

/** A fatal alert of TLS, by which a client says that it does not know the authority (RFC 8446, section 6). */
const UNKNOWN_AUTHORITY = Buffer.from([21, 3, 3, 0, 2, 2, 48]);

function credentialsOf({ credentials: { secretId, secretKey } }: Sandbox): string {
  return JSON.stringify({ secret_id: secretId, secret_key: secretKey });
}

describe("as a proxy", () => {
  it("a program reaches the service by its own name, from the token to the next page of a list", async () => {
    await using served = await withTls();
    const post = async (path: string, body: string, authorization = "") =>
      JSON.parse(
        (
          await ask(`${SERVICE}/api/v2${path}`, {
            ...served.through,
            method: "POST",
            headers: { ...JSON_TYPE, authorization },
            body,
          })
        ).text,
      );
    const { access } = await post("/token/new/", credentialsOf(served.sandbox));
    const bearer = `Bearer ${access}`;
    const wish = JSON.stringify({ institution_id: "MONZO_MONZGB2L", redirect: "http://localhost/" });
    const { link } = await post("/requisitions/", wish, bearer);
    await post("/requisitions/", wish, bearer);
    // Browsers do not know the authority, so the page is where they need none.
    expect(link).toMatch(new RegExp(`^${served.tls.proxy}/psd2/start/`));
    expect((await ask(link)).status).toBe(200);
    const page = await ask(`${SERVICE}/api/v2/requisitions/?limit=1`, {
      ...served.through,
      headers: { authorization: bearer },
    });
    expect(JSON.parse(page.text)).toMatchObject({
      count: 2,
      next: `${SERVICE}/api/v2/requisitions/?limit=1&offset=1`,
    });
  });

  it.each(["bankaccountdata.gocardless.com:443", "BankAccountData.GoCardless.com:443"])(
    "a tunnel to %s leads to the sandbox",
    async (target) => {
      await using served = await withTls();
      const { response, socket } = await askForTunnel(served.tls.proxy, target);
      expect(response.statusCode).toBe(200);
      socket.destroy();
    },
  );

  it.each([
    "example.org:443",
    "bankaccountdata.gocardless.com:80",
    "bankaccountdata.gocardless.com",
    "x.bankaccountdata.gocardless.com:443",
    "127.0.0.1:443",
    "",
  ])("a tunnel to %j is refused", async (target) => {
    await using served = await withTls();
    const refused = await sendRaw(served.tls.proxy, `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    expect(refused?.status).toBe(403);
    expect(JSON.parse(refused?.body ?? "")).toEqual({
      summary: "Foreign host",
      detail: "The sandbox is a proxy for the service's own name only, at port 443.",
      status_code: 403,
    });
  });

  it("without HTTPS it is no proxy", async () => {
    await using sandbox = await startSandbox();
    expect(sandbox.tls).toBeUndefined();
    const refused = await sendRaw(
      sandbox.baseUrl,
      "CONNECT bankaccountdata.gocardless.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    );
    expect(refused?.status).toBe(405);
  });

  it("a client that is gone before the response to its request for a tunnel ends nothing else", async () => {
    await using door = await withTls();
    await using plain = await startSandbox();
    for (const baseUrl of [door.sandbox.baseUrl, plain.baseUrl]) {
      for (const target of ["evil.example:443", "bankaccountdata.gocardless.com:443"]) {
        // The end of the connection may also arrive before the request is read.
        await Promise.all(Array.from({ length: 50 }, () => resetAfter(baseUrl, target)));
        expect((await ask(`${baseUrl}/`)).status).toBe(404);
      }
    }
  });

  it("what a client sends right behind its request for a tunnel is part of the encrypted connection", async () => {
    await using served = await withTls();
    const port = Number(new URL(served.tls.proxy).port);
    const hello = await clientHello();
    const socket = connect(port, "127.0.0.1");
    socket.write(
      Buffer.concat([Buffer.from("CONNECT bankaccountdata.gocardless.com:443 HTTP/1.1\r\n\r\n"), hello]),
    );
    const received = await new Promise<Buffer>((resolve) => {
      let all = Buffer.alloc(0);
      socket.on("data", (part) => {
        all = Buffer.concat([all, part]);
        const end = all.indexOf("\r\n\r\n");
        if (end !== -1 && all.length > end + 4 + 6) resolve(all.subarray(end + 4));
      });
    });
    socket.destroy();
    // A handshake record of TLS with the greeting of the server.
    expect([received[0], received[5]]).toEqual([22, 2]);
  });

  it("a request with the service's whole URL is served as well, as some programs send it to a proxy", async () => {
    await using served = await withTls();
    const body = credentialsOf(served.sandbox);
    const response = await sendRaw(
      served.tls.proxy,
      `POST ${SERVICE}/api/v2/token/new/ HTTP/1.1\r\nHost: bankaccountdata.gocardless.com\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    expect(response?.status).toBe(200);
    expect(JSON.parse(response?.body ?? "")).toMatchObject({ access_expires: 86400 });
  });

  it("the controls are not reached by the service's name", async () => {
    await using served = await withTls();
    for (const path of ["/_sandbox/state", "/"]) {
      expect((await ask(SERVICE + path, served.through)).status).toBe(403);
      expect((await ask(served.tls.proxy + path)).status).toBe(200);
    }
  });

  it("the overview may be open there, but the links that clients read lead to HTTP", async () => {
    await using door = await withTls({}, 0);
    const { tls, ca, sandbox } = door;
    const origin = `https://localhost:${tls.port}`;
    const { status, headers } = await ask(`${origin}/_sandbox/page/connect`, {
      ca,
      method: "POST",
      headers: { origin, "content-type": "application/x-www-form-urlencoded" },
      body: "bank=MONZO_MONZGB2L",
    });
    const [begun] = sandbox.state().requisitions;
    const path = `/psd2/start/${begun?.id}/MONZO_MONZGB2L`;
    expect([status, headers.location]).toEqual([303, path]);
    expect([begun?.link, begun?.redirect]).toEqual([tls.proxy + path, `${origin}/`]);
  });

  it("faults cut an encrypted connection as they cut any", async () => {
    await using served = await withTls();
    for (const drop of ["connection", "body"] as const) {
      served.sandbox.inject({ operation: "institutions", drop });
      const { access } = JSON.parse(
        (
          await ask(`${SERVICE}/api/v2/token/new/`, {
            ...served.through,
            method: "POST",
            headers: JSON_TYPE,
            body: credentialsOf(served.sandbox),
          })
        ).text,
      );
      const headers = { authorization: `Bearer ${access}` };
      await expect(
        ask(`${SERVICE}/api/v2/institutions/?country=GB`, { ...served.through, headers }),
      ).rejects.toMatchObject({ code: "ECONNRESET" });
    }
  });

  it("closing ends a tunnel in which nothing was encrypted yet", async () => {
    const served = await withTls();
    const { socket } = await askForTunnel(served.tls.proxy, "bankaccountdata.gocardless.com:443");
    const ended = new Promise((resolve) =>
      socket
        .once("close", resolve)
        .on("error", () => {})
        .resume(),
    );
    await served.sandbox.close();
    await ended;
  });

  it("a program that gives up in the handshake leaves no connection behind", async () => {
    await using door = await withTls();
    const { socket } = await askForTunnel(door.tls.proxy, "bankaccountdata.gocardless.com:443");
    socket.write(await clientHello());
    await once(socket, "data");
    socket.resume().end();
    // Without an answer to its end, the sandbox would still wait for the rest of the handshake.
    await once(socket, "close");
    const silent = await askForTunnel(door.tls.proxy, "bankaccountdata.gocardless.com:443");
    silent.socket.resume().end();
    await once(silent.socket, "close");
  });

  it("says once that a program does not trust the certificate, and where the authority is", async () => {
    const warnings: string[] = [];
    await using served = await withTls({ onWarning: (message) => warnings.push(message) });
    for (let times = 0; times < 2; times++) {
      const { socket } = await askForTunnel(served.tls.proxy, "bankaccountdata.gocardless.com:443");
      socket.write(Buffer.concat([await clientHello(), UNKNOWN_AUTHORITY]));
      await once(socket.resume(), "close");
    }
    await ask(`${SERVICE}/api/v2/`, served.through);
    expect(warnings).toEqual([
      `A program does not trust the certificate of the sandbox: let it trust ${served.tls.ca}.`,
    ]);
  });

  it("names the variables with which programs use it", async () => {
    await using served = await withTls();
    const { ca, proxy } = served.tls;
    expect(served.tls).toMatchObject({ name: "bankaccountdata.gocardless.com", port: undefined });
    expect(ca).toBe(join(served.folder, "ca.pem"));
    expect(proxy).toBe(new URL(served.sandbox.baseUrl).origin);
    expect(served.tls.environment).toEqual({
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      NO_PROXY: "127.0.0.1,localhost",
      no_proxy: "127.0.0.1,localhost",
      NODE_EXTRA_CA_CERTS: ca,
      NODE_USE_ENV_PROXY: "1",
      SSL_CERT_FILE: ca,
      REQUESTS_CA_BUNDLE: ca,
      CURL_CA_BUNDLE: ca,
    });
  });

  it.runIf(hasAddress("IPv4"))("its own address is in them as one that no other proxy leads to", async () => {
    const host = ownAddress("IPv4");
    await using served = await withTls({ host });
    const { NO_PROXY, no_proxy } = served.tls.environment;
    expect([NO_PROXY, no_proxy]).toEqual(Array(2).fill(`127.0.0.1,localhost,${host}`));
  });

  it("an address of IPv6 is in them with and without brackets, as programs differ", () => {
    const { environment } = sandboxTls("/ca.pem", "http://[::1]:4010", undefined);
    expect(environment["NO_PROXY"]).toBe("127.0.0.1,localhost,[::1],::1");
  });
});

describe("on a port of its own", () => {
  it("the certificate is for the service's name and for this machine", async () => {
    await using served = await withTls({}, 0);
    const { port } = served.tls;
    const status = async (host: string, connectTo?: string) =>
      (await ask(`https://${host}:${port}/api/v2/`, { ca: served.ca, ...(connectTo && { connectTo }) }))
        .status;
    expect(await status("bankaccountdata.gocardless.com", "127.0.0.1")).toBe(404);
    expect(await status("localhost", "127.0.0.1")).toBe(404);
    expect(await status("127.0.0.1")).toBe(404);
    await expect(status("example.org", "127.0.0.1")).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("a program that does not know the authority gets nothing", async () => {
    await using served = await withTls({}, 0);
    await expect(ask(`https://localhost:${served.tls.port}/api/v2/`)).rejects.toMatchObject({
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
  });

  it("what is not HTTPS there ends without a response, and the sandbox goes on", async () => {
    await using served = await withTls({}, 0);
    const { port } = served.tls;
    expect(await sendRaw(`http://127.0.0.1:${port}`, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).toBeUndefined();
    expect((await ask(`https://127.0.0.1:${port}/api/v2/`, { ca: served.ca })).status).toBe(404);
  });

  it("a port that is taken is an error which names it, and the other port is free again", async () => {
    await using served = await withTls({}, 0);
    const tls = { folder: served.folder, port: served.tls.port };
    const other = await startSandbox();
    await other.close();
    const port = Number(new URL(other.baseUrl).port);
    await expect(startSandbox({ port, tls })).rejects.toThrow(`Port ${tls.port} is taken`);
    await using again = await startSandbox({ port });
    expect(again.baseUrl).toBe(other.baseUrl);
  });
});
