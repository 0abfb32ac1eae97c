import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { authorityIn } from "../../packages/sandbox/src/world/authority.ts";
import { authorityFor, certificateFor } from "../../packages/sandbox/src/world/certificates.ts";
import { authorityOf } from "../support/certificates.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ask, askForTunnel, SERVICE, withTls } from "./tls-client.ts";

describe("the certificate authority", () => {
  const names = ["bankaccountdata.gocardless.com", "127.0.0.0/8"];

  it("is made at the first start, for its owner only, and kept", async () => {
    await using first = await withTls();
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(first.folder)).toBe(0o700);
    expect(readdirSync(first.folder).sort()).toEqual(["ca-key.pem", "ca.pem"]);
    for (const name of ["ca-key.pem", "ca.pem"]) expect(mode(join(first.folder, name))).toBe(0o600);
    await using second = await startSandbox({ tls: { folder: first.folder } });
    expect(readFileSync(second.tls?.ca ?? "", "utf8")).toBe(first.ca);
    expect((await ask(`${SERVICE}/api/v2/`, { ca: first.ca, proxy: second.tls?.proxy ?? "" })).status).toBe(
      404,
    );
  });

  it("lasts ten years, and the certificate that it signs lasts one", async () => {
    await using served = await withTls();
    const authority = new X509Certificate(served.ca);
    expect(daysUntil(authority.validToDate)).toBeCloseTo(3650, 0);
    expect(authority.ca).toBe(true);
    expect(daysUntil((await certificateOf(served.tls.proxy, served.ca)).validToDate)).toBeCloseTo(397, 0);
  });

  it.each(["example.org", "gocardless.com", "10.0.0.1"])(
    "no client accepts what it signs for %s",
    async (host) => {
      const authority = authorityIn(temporaryFolder(), names);
      const hosts = [host, "127.0.0.1"];
      const server = createServer(certificateFor({ subject: host, days: 1, hosts }, authority));
      await once(server.listen(0, "127.0.0.1"), "listening");
      onTestFinished(() => void server.close());
      const address = server.address();
      const port = typeof address === "object" ? address?.port : 0;
      await expect(ask(`https://127.0.0.1:${port}/`, { ca: authority.cert })).rejects.toThrow(
        "permitted subtree violation",
      );
    },
  );

  it("vouches for servers only, not for who signs mail or programs", () => {
    const { cert } = authorityIn(temporaryFolder(), names);
    // In Node.js this is the extended usage: the authentication of a server (RFC 5280, section 4.2.1.12).
    expect(new X509Certificate(cert).keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  it("is renewed while programs that trust it still work, before a certificate could outlive it", () => {
    const folder = temporaryFolder();
    const old = authorityFor({ subject: "bankdata sandbox", days: 499, hosts: names });
    writeFileSync(join(folder, "ca-key.pem"), old.key + old.cert, { mode: 0o600 });
    const renewed = authorityIn(folder, names);
    expect(daysUntil(new X509Certificate(renewed.cert).validToDate)).toBeCloseTo(3650, 0);
    expect(readFileSync(renewed.path, "utf8")).toBe(renewed.cert);
    const hourAgo = Date.now() / 1000 - 3601;
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), hourAgo, hourAgo);
    expect(authorityIn(folder, names)).toEqual(renewed);
    expect(readdirSync(folder).sort()).toEqual(["ca-key.pem", "ca.pem"]);
  });

  it("processes that renew it at the same time have one successor, even if others have started with that", () => {
    const folder = temporaryFolder();
    const secret = join(folder, "ca-key.pem");
    const old = authorityFor({ subject: "bankdata sandbox", days: 499, hosts: names });
    const successors = Array.from({ length: 3 }, () => {
      // As for a process that has read it before another one replaced it.
      writeFileSync(secret, old.key + old.cert, { mode: 0o600 });
      return [authorityIn(folder, names).cert, authorityIn(folder, names).cert];
    });
    expect(new Set(successors.flat()).size).toBe(1);
    expect(successors.flat()).not.toContain(old.cert);
    // The next renewal is of another one, and has a successor of its own.
    const next = authorityFor({ subject: "bankdata sandbox", days: 499, hosts: names });
    writeFileSync(secret, next.key + next.cert, { mode: 0o600 });
    expect([...successors.flat(), next.cert]).not.toContain(authorityIn(folder, names).cert);
  });

  it("one that begins in the future, as a clock that was wrong has made it, is replaced", async () => {
    const folder = temporaryFolder();
    const early = await authorityOf("bankdata sandbox", new Date(Date.now() + 86_400_000));
    const content = `${early.key.trim()}\n${early.cert.trim()}\n`.replaceAll("\r", "");
    writeFileSync(join(folder, "ca-key.pem"), content, { mode: 0o600 });
    const { cert } = authorityIn(folder, names);
    expect(daysUntil(new X509Certificate(cert).validFromDate)).toBeCloseTo(-1, 0);
    expect(authorityIn(folder, names).cert).toBe(cert);
  });

  it("a link that leads nowhere is an error: nothing that is made could be kept", () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, "nowhere"), join(folder, "ca-key.pem"));
    expect(() => authorityIn(folder, names)).toThrow("ca-key.pem is not a regular file.");
    expect(readdirSync(folder)).toEqual(["ca-key.pem"]);
  });

  it("restores its certificate from the file with its key, and makes both files private again", () => {
    const folder = temporaryFolder();
    const { cert, path } = authorityIn(folder, names);
    const files = [path, join(folder, "ca-key.pem")];
    for (const file of files) chmodSync(file, 0o644);
    expect(authorityIn(folder, names).cert).toBe(cert);
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(path, "something else");
    expect(authorityIn(folder, names).cert).toBe(cert);
    expect(readFileSync(path, "utf8")).toBe(cert);
  });

  it("a damaged one is an error that says what to do, and stays as it is", async () => {
    const folder = temporaryFolder();
    const secret = join(folder, "ca-key.pem");
    const { key } = authorityFor({ subject: "x", days: 4000, hosts: names });
    const { cert } = authorityFor({ subject: "x", days: 4000, hosts: names });
    for (const content of ["", "no key", key, key + cert, `${key}-----BEGIN CERTIFICATE-----\nMII`]) {
      writeFileSync(secret, content);
      await expect(startSandbox({ tls: { folder } })).rejects.toThrow(
        `The certificate authority in ${folder} cannot be used: ${secret} does not hold a certificate authority. Delete it, and a new one will be made.`,
      );
      expect(readFileSync(secret, "utf8")).toBe(content);
    }
  });

  it("a folder that cannot be one is an error", async () => {
    const place = temporaryFolder();
    const file = join(place, "file");
    writeFileSync(file, "");
    await expect(startSandbox({ tls: { folder: file } })).rejects.toThrow(
      `The certificate authority in ${file} cannot be used: EEXIST`,
    );
    mkdirSync(join(place, "folder/ca-key.pem"), { recursive: true });
    await expect(startSandbox({ tls: { folder: join(place, "folder") } })).rejects.toThrow(
      "ca-key.pem is not a regular file.",
    );
  });
});

function daysUntil(date: Date): number {
  return (date.getTime() - Date.now()) / 86_400_000;
}

async function certificateOf(proxy: string, ca: string): Promise<X509Certificate> {
  const { socket } = await askForTunnel(proxy, "bankaccountdata.gocardless.com:443");
  const secure = connectTls({ socket, ca, servername: "bankaccountdata.gocardless.com" });
  await once(secure, "secureConnect");
  const certificate = secure.getPeerX509Certificate();
  secure.destroy();
  if (certificate === undefined) throw new Error("The sandbox has no certificate.");
  return certificate;
}
