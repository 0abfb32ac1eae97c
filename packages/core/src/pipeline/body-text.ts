/** The text of a body, as far as it was read. */
export interface BodyText {
  text: string;
  /** Whether the text is only the beginning: the body was longer than the limit, or broke off. */
  truncated: boolean;
}

/** How many bytes are kept of an error response, or of one that is too long to be used. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Statuses without a body, regardless of what a server sends after the headers (RFC 9110, 6.4.1). */
const BODILESS = new Set([204, 205, 304]);

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
  const { status } = response;
  const chunks = chunksOf(response);
  if (BODILESS.has(status)) {
    if (chunks !== undefined) cancel(chunks);
    return { text: "", truncated: false };
  }
  const isSuccess = status >= 200 && status < 300;
  const limit = isSuccess ? maxBytes : ERROR_BODY_BYTES;
  if (chunks === undefined) return truncateText(await response.text(), limit);
  const { bytes, truncated } = await collect(chunks, limit, isSuccess);
  return decode(bytes, truncated);
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

/** Collects bytes up to the limit. @param mustBeComplete whether a body that breaks off is an error */
async function collect(
  chunks: AsyncIterator<unknown>,
  limit: number,
  mustBeComplete: boolean,
): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const collected = new ByteCollector();
  for (;;) {
    const chunk = await nextOf(chunks, mustBeComplete);
    if (chunk === "end" || chunk === "broken") {
      return { bytes: collected.all(), truncated: chunk === "broken" };
    }
    const fitting = chunk.subarray(0, limit - collected.length);
    collected.add(fitting);
    if (fitting.length < chunk.length) {
      cancel(chunks);
      return { bytes: collected.all(), truncated: true };
    }
  }
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

/** Collects chunks in the order of their arrival. */
class ByteCollector {
  length = 0;
  readonly #parts: Uint8Array[] = [];
  /** The buffer that small chunks are copied to, and how much of it is filled. */
  #block = new Uint8Array(0);
  #filled = 0;

  add(chunk: Uint8Array): void {
    this.length += chunk.length;
    if (chunk.length >= SMALL_CHUNK) {
      this.#flush();
      this.#parts.push(chunk);
      return;
    }
    if (chunk.length > this.#block.length - this.#filled) {
      this.#flush();
      this.#block = new Uint8Array(16 * SMALL_CHUNK);
    }
    this.#block.set(chunk, this.#filled);
    this.#filled += chunk.length;
  }

  all(): Uint8Array {
    this.#flush();
    return Buffer.concat(this.#parts);
  }

  /** Closes the part that small chunks have filled; the rest of the block takes the next ones. */
  #flush(): void {
    if (this.#filled === 0) return;
    this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }
}

/** Decodes as `response.text()` does: UTF-8, without a byte order mark, invalid bytes replaced. */
function decode(bytes: Uint8Array, truncated: boolean): BodyText {
  const kept = truncated ? bytes.subarray(0, ERROR_BODY_BYTES) : bytes;
  // A character that is split at the end is left out.
  return { text: new TextDecoder().decode(kept, { stream: truncated }), truncated };
}

function truncateText(text: string, limit: number): BodyText {
  if (Buffer.byteLength(text) <= limit) return { text, truncated: false };
  return decode(Buffer.from(text.slice(0, ERROR_BODY_BYTES)), true);
}
