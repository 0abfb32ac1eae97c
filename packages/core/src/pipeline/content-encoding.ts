import type { Readable, Transform } from "node:stream";
import * as zlib from "node:zlib";

/** The encodings that requests accept. Zstandard is decoded but not asked for, as it is experimental in Node. */
export const ACCEPTED_ENCODINGS = "gzip, deflate, br";

/** No server applies more, and each takes memory. */
const MAX_ENCODINGS = 5;

/** Zstandard's limit for HTTP, 8 MB (RFC 9659), because the decoder allocates what a response asks for. */
const ZSTD_WINDOW_LOG = 23;

/** Creates the stream that undoes one encoding, once the first bytes are there. */
export type DecoderFactory = (first: Uint8Array) => Transform;

/**
 * The decoders for a Content-Encoding, in the order in which they are applied; empty if the body is read as it is, because
 * it has no encoding, or an unknown one.
 *
 * @throws Error if there are too many
 */
export function decodersFor(contentEncoding: string | null): DecoderFactory[] {
  if (contentEncoding === null) return [];
  const encodings = contentEncoding
    .toLowerCase()
    .split(",")
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== "" && encoding !== "identity");
  if (encodings.length > MAX_ENCODINGS) {
    throw new Error(`The response has more than ${MAX_ENCODINGS} content encodings.`);
  }
  const decoders = encodings.map((encoding) => DECODERS.get(encoding)).reverse();
  return decoders.every((decoder) => decoder !== undefined) ? decoders : [];
}

const DECODERS: ReadonlyMap<string, DecoderFactory> = new Map<string, DecoderFactory>([
  ["gzip", () => zlib.createGunzip()],
  ["x-gzip", () => zlib.createGunzip()],
  // Some servers send the bare format, without the header of zlib, whose first byte says "deflate" with its lower half.
  ["deflate", ([first = 0]) => ((first & 15) === 8 ? zlib.createInflate() : zlib.createInflateRaw())],
  ["br", () => zlib.createBrotliDecompress()],
  [
    "zstd",
    () => zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
  ],
]);

/** Takes the bytes of a body. */
export interface BodySink {
  onData(chunk: Buffer): void;
  /** Called once, after all that could be read. @param error why the body is not complete; undefined if it is */
  onEnd(error: Error | undefined): void;
}

/** Reads a body through its decoders. @returns stops reading, without calling the sink again */
export function readBody(body: Readable, decoders: readonly DecoderFactory[], sink: BodySink): () => void {
  const streams: Readable[] = [];
  let error: Error | undefined;
  let stopped = false;
  const end = () => {
    if (!stopped) sink.onEnd(error);
    stopped = true;
  };
  const read = (source: Readable, [create, ...rest]: readonly DecoderFactory[]): void => {
    streams.push(source);
    let decoder: Transform | undefined;
    source.on("end", () => {
      if (decoder === undefined) end();
    });
    source.on("error", (reason: Error) => {
      error ??= reason;
      // What has arrived is still decoded.
      if (decoder === undefined) end();
      else decoder.end();
    });
    if (create === undefined) {
      source.on("data", (chunk: Buffer) => {
        if (!stopped) sink.onData(chunk);
      });
      return;
    }
    source.once("data", (first: Buffer) => {
      decoder = create(first);
      read(decoder, rest);
      decoder.write(first);
      source.pipe(decoder);
    });
  };
  read(body, decoders);
  return () => {
    stopped = true;
    for (const stream of streams) stream.destroy();
  };
}
