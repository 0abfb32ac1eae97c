import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { authorityFor, type KeyedCertificate } from "./certificates.ts";
import { removeAbandoned, sharedTemporaryName, temporaryName } from "./temporary-file.ts";

/** A certificate authority that is kept in a folder. */
export interface Authority extends KeyedCertificate {
  /** The absolute path of its certificate, which programs have to trust. */
  path: string;
}

const SUBJECT = "bankdata sandbox";
const DAY = 24 * 60 * 60 * 1000;
/** In days. Whoever trusts it has to do so again only after this time. */
const LIFETIME = 3650;
/** In days: longer than a certificate that it signs at the start of a sandbox. */
const RENEWED_BEFORE = 500;
/** Both parts of an authority in one file, so that no two processes can each write one of them. */
const PARTS =
  /^(-----BEGIN PRIVATE KEY-----\n.+?-----END PRIVATE KEY-----\n)(-----BEGIN CERTIFICATE-----\n.+)$/s;

/**
 * The authority in a folder; made if there is none, if it ends soon, or if a clock that was wrong has made it. It can vouch
 * for the given names and addresses only, so that nobody who gets hold of its key can pose as anything else. Both files can
 * be read by their owner only.
 *
 * @throws Error if the folder cannot be written, or holds something else
 */
export function authorityIn(folder: string, hosts: readonly string[]): Authority {
  const path = resolve(folder, "ca.pem");
  const secret = join(folder, "ca-key.pem");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of [secret, path]) removeAbandoned(file);
    const kept = read(secret) ?? made(secret, hosts);
    const authority = isInTime(kept) ? kept : renewed(secret, kept, hosts);
    if (textOf(path) !== authority.cert) renameSync(written(path, authority.cert), path);
    makePrivate(path);
    return { ...authority, path };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`The certificate authority in ${folder} cannot be used: ${error.message}`, {
      cause: error,
    });
  }
}

/** Undefined if there is none. */
function read(secret: string): KeyedCertificate | undefined {
  const kept = textOf(secret);
  if (kept === undefined) return undefined;
  const [, key, cert] = PARTS.exec(kept) ?? [];
  if (key === undefined || cert === undefined || !isPair(key, cert))
    throw new Error(
      `${secret} does not hold a certificate authority. Delete it, and a new one will be made.`,
    );
  makePrivate(secret);
  return { key, cert };
}

/** Another process may make one at the same time: the first one to write it wins. */
function made(secret: string, hosts: readonly string[]): KeyedCertificate {
  const authority = authorityFor({ subject: SUBJECT, days: LIFETIME, hosts });
  const temporary = written(secret, authority.key + authority.cert);
  try {
    linkSync(temporary, secret);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  const found = read(secret);
  // Such as a link that leads nowhere: each start would make another authority.
  if (found === undefined) throw new Error(`${secret} is not a regular file.`);
  return found;
}

/**
 * Others may renew the same one at the same time, and some may be done while others have only read it: all find the same
 * successor, which stays beside it until a start an hour later.
 */
function renewed(secret: string, old: KeyedCertificate, hosts: readonly string[]): KeyedCertificate {
  const authority = made(sharedTemporaryName(secret, old.cert), hosts);
  renameSync(written(secret, authority.key + authority.cert), secret);
  return authority;
}

/** The path of a temporary file beside another one, which it is to become. */
function written(path: string, content: string): string {
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: "wx" });
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
}

function isPair(key: string, cert: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Whether it has begun, and does not end soon. */
function isInTime({ cert }: KeyedCertificate): boolean {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  return validFromDate.getTime() <= Date.now() && validToDate.getTime() >= Date.now() + RENEWED_BEFORE * DAY;
}

/** Undefined if there is no file. Anything but a file would be read for ever, or written into. */
function textOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw new Error(`${path} is not a regular file.`);
  return readFileSync(path, "utf8");
}

function makePrivate(path: string): void {
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}
