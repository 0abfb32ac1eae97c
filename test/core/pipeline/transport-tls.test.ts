import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { ConnectionError } from "../../../packages/core/src/base/errors.ts";
import { GoCardlessClient } from "../../../packages/core/src/index.ts";
import { nodeTransport } from "../../../packages/core/src/pipeline/node-transport.ts";
import {
  type Authority,
  authorityOf,
  type CertificateWish,
  certificateFor,
} from "../../support/certificates.ts";
import { TestClock } from "../../support/clock.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { sized, startRawServer } from "../../support/raw-server.ts";
import { never, outcomeOf, requestOf, transports } from "../../support/transports.ts";

let trusted: Authority;
let unknown: Authority;

beforeAll(async () => {
  trusted = await authorityOf("Trusted by the tests");
  unknown = await authorityOf("Trusted by nobody");
  setDefaultCACertificates([...getCACertificates("default"), trusted.cert]);
});

const start = async (wish: CertificateWish) =>
  await startRawServer((socket) => socket.write(sized(200, "good")), { tls: await certificateFor(wish) });

const good = { status: 200, text: "good", truncated: false };

describe.each(transports)("TLS, with %s", (name, transport) => {
  it("a certificate of a known authority for the host is accepted, and its connection is kept", async () => {
    await using server = await start({ host: "127.0.0.1", authority: trusted });
    const send = transport(server.baseUrl);
    for (let nth = 0; nth < 5; nth += 1) expect(await outcomeOf(send(requestOf(), never()))).toEqual(good);
    if (name === "node") expect(server.connections).toBe(1);
    await using named = await start({ host: "localhost", authority: trusted });
    const url = `https://localhost:${named.port}`;
    expect(await outcomeOf(transport(url)(requestOf(), never()))).toEqual(good);
  });

  it.each<[string, () => CertificateWish, string]>([
    ["signed by itself", () => ({ host: "127.0.0.1" }), "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [
      "of an unknown authority",
      () => ({ host: "127.0.0.1", authority: unknown }),
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    ["of another host", () => ({ host: "bank.example", authority: trusted }), "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["of another address", () => ({ host: "127.0.0.2", authority: trusted }), "ERR_TLS_CERT_ALTNAME_INVALID"],
    [
      "that has expired",
      () => ({ host: "127.0.0.1", authority: trusted, isExpired: true }),
      "CERT_HAS_EXPIRED",
    ],
  ])("a certificate %s is rejected, and nothing is sent", async (_, wish, code) => {
    await using server = await start(wish());
    expect(await outcomeOf(transport(server.baseUrl)(requestOf(), never()))).toEqual({
      lost: code,
      sent: name === "fetch",
    });
    expect(server.requests).toEqual([]);
  });

  it("a server without TLS, or one with it that is spoken to without", async () => {
    const plain = createServer((socket) => {
      socket.on("error", () => {}).once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const url = `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const spoken = await outcomeOf(transport(url)(requestOf(), never()));
    await new Promise((resolve) => plain.close(resolve));
    expect(spoken).toEqual({ lost: expect.stringMatching(/SSL|EPROTO|ECONNRESET/), sent: name === "fetch" });
    await using secure = await start({ host: "127.0.0.1", authority: trusted });
    const other = `http://127.0.0.1:${secure.port}`;
    expect(await outcomeOf(transport(other)(requestOf(), never()))).toMatchObject({
      lost: expect.any(String),
    });
    expect(secure.requests).toEqual([]);
  });
});

describe("a connection of node:https", () => {
  it("that the server closed as it was used again is told from other losses, in spite of what TLS sends", async () => {
    await using server = await startRawServer(
      (socket, { nth }) => {
        if (nth === 2) socket.end();
        else socket.write(sized(200, "good"));
      },
      { tls: await certificateFor({ host: "127.0.0.1", authority: trusted }) },
    );
    const send = nodeTransport(server.baseUrl, { env: {} });
    await send(requestOf(), never());
    const error = await send(requestOf(), never()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ECONNRESET", loss: { sent: true, wasIdle: true } });
  });
});

describe("a client whose service has a certificate that is not trusted", () => {
  it("says which, sends no credentials, and counts no call", async () => {
    await using server = await start({ host: "127.0.0.1" });
    const clock = new TestClock();
    const client = new GoCardlessClient({
      ...{
        secretId: "the-secret-id",
        secretKey: "the-secret-key",
        baseUrl: server.baseUrl,
        cacheOptions: false,
      },
      ...{ now: clock.now, sleep: clock.sleep, random: () => 0 },
    });
    const error = await client.getAccountBalances("an-account").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT", sent: false });
    expect(String(error)).toMatch(
      /got no response from https:\/\/127.0.0.1:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    );
    expect((await client.quota("an-account")).balances.remaining).toBe(4);
    expect(server.requests).toEqual([]);
  });
});

describe("the environment of a process", () => {
  const run = async (baseUrl: string, env: Record<string, string>) => {
    const script = join(import.meta.dirname, "transport-process.ts");
    const args = ["--conditions=bankdata-source", "--no-warnings", script, baseUrl];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { PATH: process.env["PATH"], ...env },
    });
    return stdout.split("\n")[0];
  };

  it("NODE_EXTRA_CA_CERTS adds an authority", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "authority.pem");
    writeFileSync(file, unknown.cert);
    await using server = await start({ host: "127.0.0.1", authority: unknown });
    expect(await run(server.baseUrl, {})).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect(await run(server.baseUrl, { NODE_EXTRA_CA_CERTS: file })).toBe("good");
  });

  it("NODE_TLS_REJECT_UNAUTHORIZED=0 turns verification off, as everywhere in Node", async () => {
    await using server = await start({ host: "127.0.0.1" });
    expect(await run(server.baseUrl, { NODE_TLS_REJECT_UNAUTHORIZED: "1" })).toBe(
      "DEPTH_ZERO_SELF_SIGNED_CERT",
    );
    expect(await run(server.baseUrl, { NODE_TLS_REJECT_UNAUTHORIZED: "0" })).toBe("good");
  });
});
