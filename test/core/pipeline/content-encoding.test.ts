import { Readable } from "node:stream";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { decodersFor, readBody } from "../../../packages/core/src/pipeline/content-encoding.ts";

it.each<[string, (text: string) => Buffer]>([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["gzip, gzip", (text) => gzipSync(gzipSync(text))],
])("what arrived before a body broke off is still decoded: %s", async (encoding, encode) => {
  const text = Array.from({ length: 5000 }, (_, at) => (at * 7919).toString(36)).join();
  const whole = encode(text);
  const lost = new Error("lost");
  const source = new Readable({ read: () => {} });
  const ended = Promise.withResolvers<Error | undefined>();
  let decoded = "";
  readBody(source, decodersFor(encoding), {
    onData: (chunk) => {
      decoded += chunk.toString();
    },
    onEnd: ended.resolve,
  });
  // The decoder has got the bytes, and works on them in another thread.
  source.on("data", () => source.destroy(lost));
  source.push(whole.subarray(0, whole.length - 20));
  expect(await ended.promise).toBe(lost);
  expect(decoded.length).toBeGreaterThan(1000);
  expect(text.startsWith(decoded)).toBe(true);
});
