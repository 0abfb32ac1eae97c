/** The text of a body, as far as it was read. */
export interface BodyText {
  readonly text: string;
  /** Whether the text is only the beginning: the body was longer than the limit, or broke off. */
  readonly truncated: boolean;
}

/** How many bytes are kept of an error response, or of one that is too long to be used. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Statuses without a body, regardless of what a server sends after the headers (RFC 9110, 6.4.1). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** How the body of a response is read, which depends on its status alone. */
export interface BodyRule {
  /** Whether there is none to be read. */
  readonly isBodiless: boolean;
  /** How many bytes are read, after decompression. */
  readonly limit: number;
  /** Whether a body that breaks off is an error: the status of an error response says what matters. */
  readonly mustBeComplete: boolean;
}

/** @param maxBytes the limit for a success, in bytes */
export function bodyRuleFor(status: number, maxBytes: number): BodyRule {
  const isSuccess = status >= 200 && status < 300;
  return {
    isBodiless: BODILESS.has(status),
    limit: isSuccess ? maxBytes : ERROR_BODY_BYTES,
    mustBeComplete: isSuccess,
  };
}

/**
 * Reads the body of a response as `response.text()` does, but counts the bytes, after decompression, and stops at a
 * limit. The Content-Length header is not trusted.
 *
 * The status of an error response says what matters, so its body may be truncated: at 64 kB, or where it breaks off.
 *
 * @param maxBytes the limit for a success, in bytes
 * @throws the error of the body's stream, if the status is a success
 */
export async function readBodyText(response: Response, maxBytes: number): Promise<BodyText> {
  const { isBodiless, limit, mustBeComplete } = bodyRuleFor(response.status, maxBytes);
  const chunks = chunksOf(response);
  if (isBodiless) {
    if (chunks !== undefined) cancel(chunks);
    return { text: "", truncated: false };
  }
  if (chunks === undefined) return truncateText(await response.text(), limit);
  const body = new BodyCollector(limit);
  for (;;) {
    const chunk = await nextOf(chunks, mustBeComplete);
    if (chunk === "end" || chunk === "broken") return body.text(chunk === "broken");
    if (body.add(chunk)) continue;
    cancel(chunks);
    return body.text(true);
  }
}

/**
 * The chunks of a body, which is a web stream, or a Node stream with some HTTP libraries. Undefined if there is no stream,
 * or if a custom fetch has read it already.
 */
function chunksOf(response: Response): AsyncIterator<unknown> | undefined {
  const body: unknown = response.body;
  if (typeof body !== "object" || body === null || response.bodyUsed) return undefined;
  return isAsyncIterable(body) ? body[Symbol.asyncIterator]() : undefined;
}

function isAsyncIterable(body: object): body is AsyncIterable<unknown> {
  return Symbol.asyncIterator in body && typeof body[Symbol.asyncIterator] === "function";
}

/** Tells the sender to stop, without waiting until it does. */
function cancel(chunks: AsyncIterator<unknown>): void {
  chunks.return?.().catch(() => {});
}

async function nextOf(
  chunks: AsyncIterator<unknown>,
  mustBeComplete: boolean,
): Promise<Uint8Array | "end" | "broken"> {
  try {
    const { done, value } = await chunks.next();
    return done ? "end" : bytesOf(value);
  } catch (error) {
    if (mustBeComplete) throw error;
    return "broken";
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === "string") return Buffer.from(chunk);
  throw new TypeError("The response body does not consist of bytes.");
}

/** A chunk of fewer bytes is copied, because a chunk of one byte takes a hundred as an object of its own. */
const SMALL_CHUNK = 4 * 1024;

/** Collects the chunks of a body, in the order of their arrival and up to a limit. */
export class BodyCollector {
  readonly #limit: number;
  #length = 0;
  readonly #parts: Uint8Array[] = [];
  /** The buffer that small chunks are copied to, and how much of it is filled. */
  #block: Uint8Array | undefined;
  #filled = 0;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds what fits of a chunk. @returns whether all of it did */
  add(chunk: Uint8Array): boolean {
    const room = this.#limit - this.#length;
    const fits = chunk.length <= room;
    const fitting = fits ? chunk : chunk.subarray(0, room);
    this.#length += fitting.length;
    // A short body often is a single chunk, which needs no copy.
    if (this.#parts.length === 0 || fitting.length >= SMALL_CHUNK) {
      this.#flush();
      this.#parts.push(fitting);
    } else {
      this.#copy(fitting);
    }
    return fits;
  }

  /** All that was added, as text. @param truncated whether the body has more than that */
  text(truncated: boolean): BodyText {
    this.#flush();
    const [first, ...more] = this.#parts;
    const bytes = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#parts, this.#length);
    return decode(bytes, truncated);
  }

  #copy(chunk: Uint8Array): void {
    if (this.#block === undefined || chunk.length > this.#block.length - this.#filled) {
      this.#flush();
      this.#block = new Uint8Array(16 * SMALL_CHUNK);
    }
    this.#block.set(chunk, this.#filled);
    this.#filled += chunk.length;
  }

  /** Closes the part that small chunks have filled; the rest of the block takes the next ones. */
  #flush(): void {
    if (this.#block === undefined || this.#filled === 0) return;
    this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }
}

const utf8 = new TextDecoder();

/** Decodes as `response.text()` does: UTF-8, without a byte order mark, invalid bytes replaced. */
function decode(bytes: Uint8Array, truncated: boolean): BodyText {
  if (!truncated) return { text: utf8.decode(bytes), truncated };
  // A character that is split at the end is left out, so the decoder, which keeps it, is not used again.
  const text = new TextDecoder().decode(bytes.subarray(0, ERROR_BODY_BYTES), { stream: true });
  return { text, truncated };
}

function truncateText(text: string, limit: number): BodyText {
  if (Buffer.byteLength(text) <= limit) return { text, truncated: false };
  return decode(Buffer.from(text.slice(0, ERROR_BODY_BYTES)), true);
}
