/** A body as text, as far as it was read. */
export interface BodyText {
  text: string;
  /** Whether the text is only the beginning: the body was longer than the bound, or broke off. */
  cut: boolean;
}

/** Of a response that refuses, or that is too long to be used, so many bytes are kept. */
const BYTES_OF_AN_ERROR = 64 * 1024;

/** Statuses that have no body, whatever a server sends behind them (RFC 9110, 6.4.1). */
const BODILESS = new Set([204, 205, 304]);

/**
 * Reads the body of a response as `response.text()` does, but counts bytes meanwhile, unpacked ones when the body came
 * compressed, and drops what lies past the bound. A length that the headers give is not believed.
 *
 * What a response that refuses has to say is in its status, so that its body may be cut: at 64 kB, or where it breaks
 * off.
 *
 * @param maxBytes the bound for a success, in bytes
 * @throws what the body's stream fails with when the status is a success
 */
export async function readBodyText(response: Response, maxBytes: number): Promise<BodyText> {
  const { status } = response;
  const chunks = chunksOf(response);
  if (BODILESS.has(status)) {
    if (chunks !== undefined) drop(chunks);
    return { text: "", cut: false };
  }
  const isSuccess = status >= 200 && status < 300;
  const bound = isSuccess ? maxBytes : BYTES_OF_AN_ERROR;
  if (chunks === undefined) return atMost(await response.text(), bound);
  const { bytes, cut } = await collect(chunks, bound, isSuccess);
  return decoded(bytes, cut);
}

/**
 * The chunks of a body: the web's streams can be iterated in Node, and Node's own, which some HTTP libraries have in
 * their place. Undefined when there is no stream, or a fetch of the user's own has read it already.
 */
function chunksOf(response: Response): AsyncIterator<unknown> | undefined {
  const body: unknown = response.body;
  if (typeof body !== "object" || body === null || response.bodyUsed) return undefined;
  return isAsyncIterable(body) ? body[Symbol.asyncIterator]() : undefined;
}

function isAsyncIterable(body: object): body is AsyncIterable<unknown> {
  return Symbol.asyncIterator in body && typeof body[Symbol.asyncIterator] === "function";
}

/** Tells the sender to stop; whether and when it does is of no interest any more. */
function drop(chunks: AsyncIterator<unknown>): void {
  chunks.return?.().catch(() => {});
}

/** Gathers the bytes up to the bound. @param mustBeWhole whether a body that breaks off is worth nothing */
async function collect(
  chunks: AsyncIterator<unknown>,
  bound: number,
  mustBeWhole: boolean,
): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const gathered = new GatheredBytes();
  for (;;) {
    const chunk = await nextOf(chunks, mustBeWhole);
    if (chunk === "end" || chunk === "broken") return { bytes: gathered.all(), cut: chunk === "broken" };
    const fitting = chunk.subarray(0, bound - gathered.length);
    gathered.add(fitting);
    if (fitting.length < chunk.length) {
      drop(chunks);
      return { bytes: gathered.all(), cut: true };
    }
  }
}

async function nextOf(
  chunks: AsyncIterator<unknown>,
  mustBeWhole: boolean,
): Promise<Uint8Array | "end" | "broken"> {
  try {
    const { done, value } = await chunks.next();
    return done ? "end" : bytesOf(value);
  } catch (error) {
    if (mustBeWhole) throw error;
    return "broken";
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === "string") return Buffer.from(chunk);
  throw new TypeError("The body of the response is not made of bytes.");
}

/** A chunk below so many bytes is copied: as an object of its own, a chunk of one byte takes a hundred. */
const SMALL = 4 * 1024;

/** Bytes in the order in which they came. */
class GatheredBytes {
  length = 0;
  readonly #parts: Uint8Array[] = [];
  /** What small chunks are copied to, and how far it is filled. */
  #block = new Uint8Array(0);
  #filled = 0;

  add(chunk: Uint8Array): void {
    this.length += chunk.length;
    if (chunk.length >= SMALL) {
      this.#flush();
      this.#parts.push(chunk);
      return;
    }
    if (chunk.length > this.#block.length - this.#filled) {
      this.#flush();
      this.#block = new Uint8Array(16 * SMALL);
    }
    this.#block.set(chunk, this.#filled);
    this.#filled += chunk.length;
  }

  all(): Uint8Array {
    this.#flush();
    return Buffer.concat(this.#parts);
  }

  /** Closes the part that small chunks have filled; what is left of the block takes the next ones. */
  #flush(): void {
    if (this.#filled === 0) return;
    this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }
}

/** As `response.text()` decodes: UTF-8, without a byte order mark, and anything else replaced. */
function decoded(bytes: Uint8Array, cut: boolean): BodyText {
  const kept = cut ? bytes.subarray(0, BYTES_OF_AN_ERROR) : bytes;
  // A character that the end cuts in two is left out.
  return { text: new TextDecoder().decode(kept, { stream: cut }), cut };
}

function atMost(text: string, bound: number): BodyText {
  if (Buffer.byteLength(text) <= bound) return { text, cut: false };
  return decoded(Buffer.from(text.slice(0, BYTES_OF_AN_ERROR)), true);
}
