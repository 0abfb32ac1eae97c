import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readBodyText } from "../../../packages/core/src/pipeline/body-text.ts";

const BOUND = 1_000_000;

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new Uint8Array(chunk));
      controller.close();
    },
  });
}

/** Splits a list at random places, so that characters of several bytes are cut. */
function parted(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...parts, bytes.subarray(at)];
}

const anyBytes = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
  fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(`\ufeff${text}`)),
  fc.uint8Array({ maxLength: 200 }),
);

/** Tiny, and about the size from which a chunk is not copied. */
const sizeOfChunk = fc.oneof(fc.nat({ max: 9 }), fc.constantFrom(4095, 4096, 4097, 30_000));

it("any bytes in any chunks are read as UTF-8, without a byte order mark", async () => {
  await fc.assert(
    fc.asyncProperty(anyBytes, fc.nat({ max: 2000 }), fc.array(sizeOfChunk), async (piece, times, sizes) => {
      const bytes = Buffer.concat(new Array<Uint8Array>(times).fill(piece)).subarray(0, 100_000);
      // Of two byte order marks, `response.text()` of Node removes both; the Encoding Standard removes one.
      const text = new TextDecoder().decode(bytes);
      expect(await readBodyText(new Response(streamOf(parted(bytes, sizes))), BOUND)).toEqual({
        text,
        truncated: false,
      });
    }),
  );
});

it("at most the limit of a success is returned, and never half a character", async () => {
  const bytes = new TextEncoder().encode("ä".repeat(100));
  expect(await readBodyText(new Response(streamOf([bytes])), 200)).toEqual({
    text: "ä".repeat(100),
    truncated: false,
  });
  expect(await readBodyText(new Response(streamOf([bytes])), 199)).toEqual({
    text: "ä".repeat(99),
    truncated: true,
  });
});

it("64 kB of an error response are returned, even if it comes in a million chunks of one byte", async () => {
  const chunk = new Uint8Array([0x78]);
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulled += 1;
      if (pulled > 1_000_000) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const { text, truncated } = await readBodyText(new Response(body, { status: 500 }), BOUND);
  expect({ length: text.length, truncated }).toEqual({ length: 65_536, truncated: true });
  expect(pulled).toBeLessThan(70_000);
});

it("a response without a body reads as empty: null, 204, 205, 304", async () => {
  expect(await readBodyText(new Response(null), BOUND)).toEqual({ text: "", truncated: false });
  for (const status of [204, 205, 304]) {
    expect(await readBodyText(new Response(null, { status }), BOUND)).toEqual({ text: "", truncated: false });
  }
});

it("a Content-Length from a custom fetch is not trusted", async () => {
  const response = new Response("x".repeat(5000), { headers: { "content-length": "5" } });
  expect(await readBodyText(response, 1000)).toMatchObject({ truncated: true });
  const short = new Response("short", { headers: { "content-length": "999999999" } });
  expect(await readBodyText(short, 1000)).toEqual({ text: "short", truncated: false });
});

it("text() is used if the body was already read, and Node streams are accepted", async () => {
  const read = new Response("first");
  await read.text();
  Object.defineProperty(read, "text", { value: async () => "kept aside" });
  expect(await readBodyText(read, 1000)).toEqual({ text: "kept aside", truncated: false });
  expect(await readBodyText(read, 5)).toMatchObject({ truncated: true });
  const ofNode = new Response(null);
  const stream = new PassThrough();
  stream.end("of Node ä");
  Object.defineProperty(ofNode, "body", { value: stream });
  expect(await readBodyText(ofNode, 1000)).toEqual({ text: "of Node ä", truncated: false });
});

it("a broken stream fails a success, and of an error response what arrived is returned", async () => {
  const broken = () => {
    let pulled = 0;
    return new ReadableStream({
      pull(controller) {
        pulled += 1;
        if (pulled === 1) controller.enqueue(new TextEncoder().encode("begun"));
        else controller.error(new Error("lost"));
      },
    });
  };
  await expect(readBodyText(new Response(broken()), BOUND)).rejects.toThrow("lost");
  expect(await readBodyText(new Response(broken(), { status: 502 }), BOUND)).toEqual({
    text: "begun",
    truncated: true,
  });
});

it("invalid UTF-8 is decoded as response.text() does", async () => {
  for (const bytes of [
    [0xef, 0xbb, 0xbf, 0x7b],
    [0xff, 0x41],
    [0xe4, 0xb8],
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
  ]) {
    const body = new Uint8Array(bytes);
    const text = await new Response(body).text();
    expect(await readBodyText(new Response(body), BOUND)).toEqual({ text, truncated: false });
  }
});
