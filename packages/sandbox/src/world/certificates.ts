/**
 * Certificates, as X.509 (RFC 5280) has them. The libraries that this module imports are bundled into it when the package
 * is built, and it is only loaded for HTTPS.
 */
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

/** A certificate and its private key, both in PEM. */
export interface KeyedCertificate {
  key: string;
  cert: string;
}

/** What a certificate says. */
interface CertificateWish {
  /** Its common name. */
  subject: string;
  /** In days, from a day before now, for machines whose clocks are slow. */
  days: number;
  /**
   * The host names and addresses that a server's certificate is for, or those that an authority can vouch for: names with
   * their subdomains, and ranges of addresses such as `127.0.0.0/8`.
   */
  hosts: readonly string[];
}

/** ECDSA with SHA-256, the signature of all certificates made here. RFC 5758, section 3.2. */
const ECDSA_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const DAY = 24 * 60 * 60 * 1000;

/** Makes an authority that can vouch for servers with these names and addresses, and for nothing else. */
export function authorityFor(wish: CertificateWish): KeyedCertificate {
  return certified(wish, undefined, [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
    // The names limit servers only, not who signs mail or programs.
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_nameConstraints, new NameConstraints({ permittedSubtrees: subtrees(wish.hosts) }), true),
  ]);
}

/** Makes a server's certificate, signed by an authority. */
export function certificateFor(wish: CertificateWish, authority: KeyedCertificate): KeyedCertificate {
  return certified(wish, authority, [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(wish.hosts.map(generalName))),
  ]);
}

/** Signs with a key what the wish and the extensions say; without an authority, with its own new key. */
function certified(
  wish: CertificateWish,
  authority: KeyedCertificate | undefined,
  extensions: readonly Extension[],
): KeyedCertificate {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = authority === undefined ? undefined : new X509Certificate(authority.cert);
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_SHA256 });
  const notBefore = Date.now() - DAY;
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: issuer === undefined ? nameWith(wish.subject) : subjectOf(issuer),
    validity: new Validity({
      notBefore: new Date(notBefore),
      notAfter: new Date(notBefore + (wish.days + 1) * DAY),
    }),
    subject: nameWith(wish.subject),
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(own.publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions, ...keyIds(own.publicKey, issuer?.publicKey)]),
  });
  const signature = sign(
    "sha256",
    new Uint8Array(AsnConvert.serialize(tbsCertificate)),
    authority?.key ?? own.privateKey,
  );
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: copied(signature),
  });
  return {
    key: own.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString(),
  };
}

function extension(id: string, value: object, isCritical = false): Extension {
  return new Extension({
    extnID: id,
    critical: isCritical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

/** By these a client finds the authority of a certificate; an authority is its own. RFC 5280, sections 4.2.1.1 and 4.2.1.2. */
function keyIds(own: KeyObject, issuer: KeyObject = own): Extension[] {
  const authority = new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdOf(issuer)) });
  return [
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdOf(own))),
    extension(id_ce_authorityKeyIdentifier, authority),
  ];
}

function keyIdOf(key: KeyObject): ArrayBuffer {
  return copied(createHash("sha256").update(spkiOf(key)).digest().subarray(0, 20));
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** Positive and not zero, with the 64 random bits that clients expect. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return copied(bytes);
}

function nameWith(commonName: string): Name {
  const value = new AttributeValue({ utf8String: commonName });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: COMMON_NAME, value })])]);
}

/** RFC 5280, section 4.2.1.10. */
function subtrees(hosts: readonly string[]): GeneralSubtrees {
  return new GeneralSubtrees(hosts.map((host) => new GeneralSubtree({ base: generalName(host) })));
}

function subjectOf(issuer: X509Certificate): Name {
  return AsnConvert.parse(issuer.raw, Certificate).tbsCertificate.subject;
}

function generalName(host: string): GeneralName {
  const isAddress = isIP(host.replace(/\/\d+$/, "")) !== 0;
  return new GeneralName(isAddress ? { iPAddress: host } : { dNSName: host });
}

function copied(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
