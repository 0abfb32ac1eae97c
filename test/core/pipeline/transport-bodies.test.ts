import type { Socket } from "node:net";
import * as zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transport } from "../../../packages/core/src/pipeline/transport.ts";
import { httpChunk, type RawRequest, rawResponse, sized, startRawServer } from "../../support/raw-server.ts";
import { never, type Outcome, outcomeOf, requestOf, transports } from "../../support/transports.ts";

const MEGABYTE = 1024 * 1024;

/** Sends one request to a server that responds with these bytes, and closes the connection if told so. */
async function exchange(
  transport: (baseUrl: string) => Transport,
  respond: Uint8Array | ((socket: Socket, request: RawRequest) => void),
  maxResponseBytes = MEGABYTE,
): Promise<Outcome> {
  await using server = await startRawServer(
    typeof respond === "function" ? respond : (socket) => socket.write(respond),
  );
  return await outcomeOf(transport(server.baseUrl)(requestOf({ maxResponseBytes }), never()));
}

const read = (text: string, status = 200) => ({ status, text, truncated: false });
const cut = (text: string, status: number) => ({ status, text, truncated: true });
const isCodeOrNull = (code: unknown) => code === null || typeof code === "string";
const lost = { lost: expect.toSatisfy(isCodeOrNull), sent: true };

describe.each(transports)("the framing of a body, with %s", (name, transport) => {
  const chunked = ["Transfer-Encoding: chunked"];

  it.each<[string, Uint8Array, Outcome]>([
    ["with its length", sized(200, "good"), read("good")],
    [
      "in chunks",
      rawResponse(200, chunked, Buffer.concat([httpChunk("go"), httpChunk("od"), httpChunk()])),
      read("good"),
    ],
    [
      "in chunks with trailers",
      rawResponse(200, chunked, "4\r\ngood\r\n0\r\nX-Sum: 1\r\n\r\n"),
      read("good"),
    ],
    ["empty", sized(200), read("")],
    ["empty, of an error", sized(503), read("", 503)],
    ["an error's", sized(404, "none"), read("none", 404)],
    ["a redirect's", sized(301, "there", ["Location: /x"]), read("there", 301)],
    ["after 103", Buffer.concat([rawResponse(103, ["Link: </x>"]), sized(200, "good")]), read("good")],
    ["after 102", Buffer.concat([rawResponse(102), sized(200, "good")]), read("good")],
    ["of 204", rawResponse(204), read("", 204)],
    ["of 204 with an encoding", rawResponse(204, ["Content-Encoding: gzip"]), read("", 204)],
    ["of 304 with a length", rawResponse(304, ["Content-Length: 9"]), read("", 304)],
    ["of 304 with an encoding", rawResponse(304, ["Content-Encoding: br"]), read("", 304)],
    ["of 205, which is not waited for", rawResponse(205, ["Content-Length: 9"]), read("", 205)],
    ["of 205, which is ignored", sized(205, "ignored"), read("", 205)],
    ["with a byte order mark", sized(200, "\ufeffgood"), read("good")],
    ["with invalid UTF-8", sized(200, new Uint8Array([0x41, 0xff, 0xe4, 0xb8])), read("A\ufffd\ufffd")],
    ["longer than its length", Buffer.concat([sized(200, "good"), Buffer.from("and more")]), read("good")],
  ])("%s", async (_, bytes, outcome) => {
    expect(await exchange(transport, bytes)).toEqual(outcome);
  });

  it.each<[string, Uint8Array, Outcome]>([
    ["without a length", rawResponse(200, [], "good"), read("good")],
    ["of HTTP/1.0", rawResponse("HTTP/1.0 200 OK", [], "good"), read("good")],
    ["of HTTP/1.0 with its length", sized("HTTP/1.0 200 OK", "good"), read("good")],
    ["shorter than its length", rawResponse(200, ["Content-Length: 9"], "begun"), lost],
    [
      "shorter than its length, of an error",
      rawResponse(502, ["Content-Length: 9"], "begun"),
      cut("begun", 502),
    ],
    ["in chunks without the last", rawResponse(200, chunked, httpChunk("begun")), lost],
    [
      "in chunks without the last, of an error",
      rawResponse(404, chunked, httpChunk("begun")),
      cut("begun", 404),
    ],
    ["of an error, before its first byte", rawResponse(500, ["Content-Length: 9"]), cut("", 500)],
  ])("%s, until the connection is closed", async (_, bytes, outcome) => {
    expect(await exchange(transport, (socket) => socket.end(bytes))).toEqual(outcome);
  });

  it.each<[string, Uint8Array]>([
    ["not HTTP", Buffer.from("SSH-2.0-OpenSSH\r\n")],
    ["a status that is no number", Buffer.from("HTTP/1.1 abc OK\r\n\r\n")],
    ["two lengths", rawResponse(200, ["Content-Length: 4", "Content-Length: 5"], "good")],
    ["headers of 100 kB", sized(200, "good", [`X-Long: ${"x".repeat(100_000)}`])],
    ["chunks of no size", rawResponse(200, chunked, "zz\r\n")],
    ["nothing", Buffer.alloc(0)],
  ])("%s is no response", async (_, bytes) => {
    expect(await exchange(transport, (socket) => socket.end(bytes))).toEqual({
      lost: name === "node" ? expect.any(String) : expect.toSatisfy(isCodeOrNull),
      sent: true,
    });
  });

  it("a response is read even if it arrives before the request was sent", async () => {
    const early = await startEarly();
    await using _ = early;
    const body = JSON.stringify("x".repeat(8 * MEGABYTE));
    const outcome = outcomeOf(transport(early.baseUrl)(requestOf({ method: "POST", body }), never()));
    expect(await outcome).toEqual(read("too long", 413));
  });

  it("characters of several bytes may be split between chunks", async () => {
    const text = "ä€😀".repeat(2000);
    const bytes = [...Buffer.from(text)].map((byte) => httpChunk(new Uint8Array([byte])));
    const body = Buffer.concat([...bytes, httpChunk()]);
    expect(await exchange(transport, rawResponse(200, chunked, body))).toEqual(read(text));
  });

  it("headers keep duplicates and bytes beyond ASCII, and odd ones do no harm", async () => {
    await using server = await startRawServer((socket) =>
      socket.write(sized(200, "good", ["X-Two: a", "x-two: b", "X-Name: J\xfcrgen", "X-Empty:"])),
    );
    const { headers } = await transport(server.baseUrl)(requestOf(), never());
    expect(["x-two", "x-name", "x-empty", "x-none"].map((key) => headers.get(key))).toEqual([
      "a, b",
      "J\xfcrgen",
      "",
      null,
    ]);
    expect([...headers].filter(([key]) => key === "x-two")).toEqual([["x-two", "a, b"]]);
  });
});

/** A server that responds and closes as soon as the first bytes of a request are there. */
async function startEarly() {
  const { createServer } = await import("node:net");
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write(sized(413, "too long", ["Connection: close"])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}/api`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Encoder = (bytes: Uint8Array) => Uint8Array;

/** The fastest settings are enough. */
const QUICK_BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } };

const ENCODERS = new Map<string, Encoder>([
  ["gzip", (bytes) => zlib.gzipSync(bytes)],
  ["x-gzip", (bytes) => zlib.gzipSync(bytes)],
  ["deflate", (bytes) => zlib.deflateSync(bytes)],
  ["br", (bytes) => zlib.brotliCompressSync(bytes, QUICK_BROTLI)],
  ["zstd", (bytes) => zlib.zstdCompressSync(bytes)],
]);

function encode(text: string | Uint8Array, encodings: string): Uint8Array {
  const encoders =
    encodings === "" ? [] : encodings.split(/, */).map((one) => ENCODERS.get(one.toLowerCase()));
  const start: Uint8Array = Buffer.from(text);
  return encoders.reduce((bytes, encoder) => encoder?.(bytes) ?? bytes, start);
}

const encoded = (status: number, bytes: Uint8Array, encoding: string) =>
  sized(status, bytes, [`Content-Encoding: ${encoding}`]);

describe.each(transports)("the encoding of a body, with %s", (name, transport) => {
  const numbers = Array.from({ length: 5000 }, (_, at) => (at * 7919).toString(36)).join();
  const text = JSON.stringify({ name: "Jürgen €", filler: "y".repeat(10_000) });

  it.each([
    "gzip",
    "x-gzip",
    "deflate",
    "br",
    "zstd",
    "GZIP",
    "gzip, br",
    "br,gzip",
    "deflate, zstd, gzip",
    "gzip, gzip",
  ])("%s is undone", async (encoding) => {
    expect(await exchange(transport, encoded(200, encode(text, encoding), encoding))).toEqual(read(text));
    expect(await exchange(transport, encoded(400, encode(text, encoding), encoding))).toEqual(
      read(text, 400),
    );
  });

  it("deflate without the header of zlib is undone", async () => {
    expect(await exchange(transport, encoded(200, zlib.deflateRawSync(text), "deflate"))).toEqual(read(text));
    const inner = zlib.gzipSync(zlib.deflateRawSync(text));
    expect(await exchange(transport, encoded(200, inner, "deflate, gzip"))).toEqual(read(text));
  });

  it("an unknown encoding, or none, leaves the body as it is", async () => {
    for (const encoding of ["compress", "identity", "utf-8", "gzip, rot13", ""]) {
      expect(await exchange(transport, encoded(200, Buffer.from("as it is"), encoding))).toEqual(
        read("as it is"),
      );
    }
  });

  it.each(["gzip", "deflate", "br", "gzip, br", ...(name === "node" ? ["zstd"] : [])])(
    "an empty body is empty, whatever its encoding: %s",
    async (encoding) => {
      expect(await exchange(transport, encoded(200, Buffer.alloc(0), encoding))).toEqual(read(""));
    },
  );

  it("encodings in front of each other are limited to five", async () => {
    const five = Array(5).fill("gzip").join(",");
    expect(await exchange(transport, encoded(200, encode(text, five), five))).toEqual(read(text));
    const six = `${five},gzip`;
    expect(await exchange(transport, encoded(200, encode(text, six), six))).toEqual({
      lost: null,
      sent: true,
    });
  });

  it.each(["gzip", "deflate"])(
    "corrupt %s fails a success, and of an error the beginning is kept",
    async (encoding) => {
      const bytes = Buffer.from(encode(numbers, encoding));
      bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + 40);
      expect(await exchange(transport, encoded(200, bytes, encoding))).toEqual(lost);
      expect(await exchange(transport, encoded(500, bytes, encoding))).toMatchObject({
        status: 500,
        truncated: true,
      });
    },
  );

  it.each(["gzip", "deflate", "br", "zstd"])("what is not %s at all fails a success", async (encoding) => {
    const bytes = Buffer.from("not encoded at all");
    expect(await exchange(transport, encoded(200, bytes, encoding))).toEqual(lost);
    expect(await exchange(transport, encoded(500, bytes, encoding))).toEqual(cut("", 500));
  });

  it("zeros behind gzip are padding, another member continues it, and anything else is an error", async () => {
    const followedBy = (more: Uint8Array) => encoded(200, Buffer.concat([zlib.gzipSync(text), more]), "gzip");
    expect(await exchange(transport, followedBy(Buffer.alloc(9)))).toEqual(read(text));
    expect(await exchange(transport, followedBy(Buffer.from("more")))).toEqual(lost);
    const members = Buffer.concat([zlib.gzipSync("one,"), zlib.gzipSync("two")]);
    expect(await exchange(transport, encoded(200, members, "gzip"))).toEqual(read("one,two"));
  });

  it.each(["gzip", "deflate", "br", "zstd"])(
    "the whole is asked for if compressed data ends early: %s",
    async (encoding) => {
      const whole = encode(text, encoding);
      const bytes = whole.subarray(0, whole.length - 8);
      const success = await exchange(transport, encoded(200, bytes, encoding));
      const failed = await exchange(transport, encoded(500, bytes, encoding));
      if (name === "node" && encoding !== "zstd") {
        expect(success).toEqual(lost);
        expect(failed).toMatchObject({ status: 500, truncated: true });
      } else if ("text" in success) {
        // fetch forgives a missing end, as browsers do, and so does Zstandard of Node 22.
        expect(text.startsWith(success.text)).toBe(true);
      }
    },
  );

  it.each(["gzip", "deflate", "br", "zstd"])(
    "of an error response that breaks off, the beginning is decoded: %s",
    async (encoding) => {
      const whole = encode(numbers, encoding);
      const half = whole.subarray(0, whole.length >> 1);
      const head = [`Content-Length: ${whole.length}`, `Content-Encoding: ${encoding}`];
      const outcome = await exchange(transport, (socket) => socket.end(rawResponse(502, head, half)));
      expect(outcome).toMatchObject({ status: 502, truncated: true });
      if (!("text" in outcome)) throw new Error("lost");
      expect(numbers.startsWith(outcome.text)).toBe(true);
      // Zstandard yields whole blocks, and fetch loses what it has not passed on.
      if (name === "node" && encoding !== "zstd") expect(outcome.text.length).toBeGreaterThan(1000);
      const success = await exchange(transport, (socket) => socket.end(rawResponse(200, head, half)));
      expect(success).toEqual(lost);
    },
  );

  it.each(["gzip", "deflate", "br", "zstd", "gzip, gzip", "br, gzip", "zstd, zstd"])(
    "a bomb of %s is not inflated beyond the limit, and its connection is closed",
    async (encoding) => {
      const bomb = encode(Buffer.alloc(96 * MEGABYTE, " "), encoding);
      expect(bomb.length).toBeLessThan(MEGABYTE);
      for (const status of [200, 500]) {
        // One more byte than is ever sent, so that the connection cannot be used again.
        const head = [`Content-Length: ${bomb.length + 1}`, `Content-Encoding: ${encoding}`];
        await using server = await startRawServer((socket) => socket.write(rawResponse(status, head, bomb)));
        const before = process.memoryUsage();
        const outcome = await outcomeOf(
          transport(server.baseUrl)(requestOf({ maxResponseBytes: MEGABYTE }), never()),
        );
        const after = process.memoryUsage();
        expect(outcome).toEqual(cut(" ".repeat(65_536), status));
        const grown = after.arrayBuffers - before.arrayBuffers + after.external - before.external;
        expect(grown).toBeLessThan(40 * MEGABYTE);
        await server.allClosed();
      }
    },
  );
});

describe.each(transports)("any body, with %s", (_, transport) => {
  it("any text in any chunks and encodings is read as it was sent", async () => {
    const responses = new Map<string, Uint8Array[]>();
    await using server = await startRawServer((socket, { line }) => {
      for (const part of responses.get(line.split(" ")[1] ?? "") ?? []) socket.write(part);
    });
    const send = transport(server.baseUrl);
    let nth = 0;
    const encodings = fc.array(fc.constantFrom(...ENCODERS.keys()), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.constantFrom(1, 100, 3000),
        encodings,
        fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 6 }),
        fc.boolean(),
        async (piece, times, list, sizes, isChunked) => {
          const text = piece.repeat(times).replace(/^\ufeff/, "");
          const body = encode(text, list.join(","));
          const parts: Uint8Array[] = [];
          let at = 0;
          for (const size of [...sizes, body.length]) {
            if (at < body.length) parts.push(body.subarray(at, at + size));
            at += size;
          }
          const head = [
            ...(list.length === 0 ? [] : [`Content-Encoding: ${list.join(", ")}`]),
            isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`,
          ];
          nth += 1;
          const target = `/any/${nth}/`;
          const framed = isChunked ? [...parts.map((part) => httpChunk(part)), httpChunk()] : parts;
          responses.set(`/api${target}`, [rawResponse(200, head), ...framed]);
          const outcome = await outcomeOf(
            send(requestOf({ target, maxResponseBytes: 64 * MEGABYTE }), never()),
          );
          expect(outcome).toEqual(read(text));
        },
      ),
      { numRuns: 100 },
    );
  });
});
