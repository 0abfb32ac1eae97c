import type { HeaderFields } from "../base/header-fields.ts";
import { isRecord } from "../base/is-record.ts";
import { checksumOf } from "../store/checksum.ts";

/** A response as it is stored. */
export interface StoredResponse {
  /** The HTTP status; only responses with 200 are stored. */
  status: number;
  /** Only those that describe or validate the content. */
  headers: Readonly<Record<string, string>>;
  /** As the service sent it. */
  body: string;
  /** When it arrived, in milliseconds since 1970. */
  createdAt: number;
  /** Until when it is fresh, in milliseconds since 1970; null if it never expires. */
  expiresAt: number | null;
}

/** Whether a response is fresh; one from the future, stored before the clock was set back, is not. */
export function isFresh(response: Pick<StoredResponse, "createdAt" | "expiresAt">, now: number): boolean {
  return response.createdAt <= now && (response.expiresAt === null || now < response.expiresAt);
}

/** Whether two responses are the same one. */
export function isSameResponse(one: StoredResponse, other: StoredResponse): boolean {
  return one.createdAt === other.createdAt && one.expiresAt === other.expiresAt && one.body === other.body;
}

/** Changes with the format of entries, so that an old entry is never misread. */
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

/** The headers that are stored with a response. Rate-limit headers describe one moment, and are read before this. */
export function stripCachingHeaders(headers: Headers): Headers {
  return new Headers(keptHeaders(headers));
}

/** The same as an object, with names in lower case. */
export function keptHeaders(headers: HeaderFields): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => KEPT_HEADERS.includes(name)));
}

/**
 * Writes an entry for a store of strings: a line of JSON, then the body as it is, so that the body is not encoded
 * twice.
 *
 * @param name under which it is stored; the checksum covers it
 */
export function encodeResponse(response: StoredResponse, name: string): string {
  const { body, ...rest } = response;
  return `${JSON.stringify({ format: FORMAT, ...rest, checksum: checksumFor(response, name) })}\n${body}`;
}

/** Reads an entry; undefined if it has another format, or is damaged. Older entries have no checksum. */
export function decodeResponse(text: unknown, name: string): StoredResponse | undefined {
  if (typeof text !== "string") return undefined;
  const end = text.indexOf("\n");
  if (end === -1) return undefined;
  try {
    const head: unknown = JSON.parse(text.slice(0, end));
    if (!isHead(head)) return undefined;
    const response = { ...withoutFormat(head), body: text.slice(end + 1) };
    return !("checksum" in head) || head.checksum === checksumFor(response, name) ? response : undefined;
  } catch {
    return undefined;
  }
}

function checksumFor({ status, headers, createdAt, expiresAt, body }: StoredResponse, name: string): string {
  return checksumOf([name, status, JSON.stringify(headers), createdAt, expiresAt], body);
}

type Head = Omit<StoredResponse, "body"> & { format: string };

function isHead(head: unknown): head is Head {
  return (
    isRecord(head) &&
    head["format"] === FORMAT &&
    typeof head["status"] === "number" &&
    typeof head["createdAt"] === "number" &&
    (head["expiresAt"] === null || typeof head["expiresAt"] === "number") &&
    isRecord(head["headers"])
  );
}

function withoutFormat({ status, headers, createdAt, expiresAt }: Head): Omit<StoredResponse, "body"> {
  return { status, headers, createdAt, expiresAt };
}
