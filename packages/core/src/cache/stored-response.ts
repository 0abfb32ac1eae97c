import { checksumOf } from "../store/checksum.ts";

/** An answer as it is kept. */
export interface StoredResponse {
  status: number;
  /** What describes and validates the content; nothing else is kept. */
  headers: Readonly<Record<string, string>>;
  /** As the service sent it. */
  body: string;
  /** When it came, in milliseconds. */
  createdAt: number;
  /** Until when it is fresh, in milliseconds; null for ever. */
  expiresAt: number | null;
}

/** A clock that was set back does not make an answer fresh that was made in its future. */
export function isFresh(answer: Pick<StoredResponse, "createdAt" | "expiresAt">, now: number): boolean {
  return answer.createdAt <= now && (answer.expiresAt === null || now < answer.expiresAt);
}

/** Whether two answers are one and the same. */
export function isSameResponse(one: StoredResponse, other: StoredResponse): boolean {
  return one.createdAt === other.createdAt && one.expiresAt === other.expiresAt && one.body === other.body;
}

/** Changes whenever what is kept is written in another way, so that an old entry is never misread. */
const FORMAT = "bankdata-answer-1";

const KEPT_HEADERS = [
  "content-type",
  "date",
  "content-encoding",
  "content-language",
  "last-modified",
  "etag",
  "location",
];

/** The headers that may be kept with an answer. Rate-limit headers tell of a moment, and are read before this. */
export function stripCachingHeaders(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => KEPT_HEADERS.includes(name.toLowerCase())));
}

/**
 * An entry for a store of texts: a line of JSON, then the body as it is, so that the body is not encoded twice.
 *
 * @param name under which it is kept, which its checksum covers
 */
export function encodeResponse(answer: StoredResponse, name: string): string {
  const { body, ...rest } = answer;
  return `${JSON.stringify({ format: FORMAT, ...rest, checksum: checksumFor(answer, name) })}\n${body}`;
}

/** Reads an entry back; undefined if it is not of this format, or not as it was kept. Older ones have no checksum. */
export function decodeResponse(text: unknown, name: string): StoredResponse | undefined {
  if (typeof text !== "string") return undefined;
  const end = text.indexOf("\n");
  if (end === -1) return undefined;
  try {
    const head: unknown = JSON.parse(text.slice(0, end));
    if (!isHead(head)) return undefined;
    const answer = { ...withoutFormat(head), body: text.slice(end + 1) };
    return !("checksum" in head) || head.checksum === checksumFor(answer, name) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function checksumFor({ status, headers, createdAt, expiresAt, body }: StoredResponse, name: string): string {
  return checksumOf([name, status, JSON.stringify(headers), createdAt, expiresAt], body);
}

type Head = Omit<StoredResponse, "body"> & { format: string };

function isHead(head: unknown): head is Head {
  if (typeof head !== "object" || head === null || !("format" in head) || head.format !== FORMAT)
    return false;
  return (
    "status" in head &&
    typeof head.status === "number" &&
    "createdAt" in head &&
    typeof head.createdAt === "number" &&
    "expiresAt" in head &&
    (head.expiresAt === null || typeof head.expiresAt === "number") &&
    "headers" in head &&
    typeof head.headers === "object" &&
    head.headers !== null
  );
}

function withoutFormat({ status, headers, createdAt, expiresAt }: Head): Omit<StoredResponse, "body"> {
  return { status, headers, createdAt, expiresAt };
}
