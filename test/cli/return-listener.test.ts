import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { startReturnListener } from "../../packages/cli/src/connect/return-listener.ts";
import { harmfulIn } from "./harmful.ts";
import { connectionTo, RAW_REQUESTS, responseTo } from "./raw-requests.ts";

/** A listener that waits for the reference "mine". */
async function listening() {
  const listener = await startReturnListener();
  const stop = new AbortController();
  const { port, pathname } = new URL(listener.redirect);
  return {
    port: Number(port),
    pathname,
    listener,
    back: listener.waitFor("mine", stop.signal),
    visit: (query: string) => fetch(`${listener.redirect}?${query}`),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

describe("the listener for a browser's return", () => {
  it.each(RAW_REQUESTS)("answers %s with an error, and goes on waiting", async (_, bytes) => {
    await using waiting = await listening();
    expect(await responseTo(waiting.port, bytes)).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
    expect((await waiting.visit("ref=mine")).status).toBe(200);
    expect(await waiting.back).toEqual({ outcome: "returned" });
  });

  it("answers 404 to a target that is no address", async () => {
    await using waiting = await listening();
    const statuses = await Promise.all(
      RAW_REQUESTS.filter(([what]) => /^GET \/|OPTIONS|absolute/.test(what)).map(async ([, bytes]) =>
        (await responseTo(waiting.port, bytes)).slice(9, 12),
      ),
    );
    expect(new Set(statuses)).toEqual(new Set(["404"]));
  });

  it("survives connections that send nothing, are reset, or come by the thousand, and closes without them", async () => {
    const waiting = await listening();
    for (let round = 0; round < 10; round += 1) {
      const sockets = await Promise.all(Array.from({ length: 200 }, () => connectionTo(waiting.port)));
      for (const socket of sockets) socket.write("GET /");
      for (const socket of sockets) socket.resetAndDestroy();
    }
    const silent = await Promise.all(Array.from({ length: 5 }, () => connectionTo(waiting.port)));
    await expect.poll(async () => (await waiting.visit("ref=mine").catch(() => undefined))?.status).toBe(200);
    expect(await waiting.back).toEqual({ outcome: "returned" });
    const ends = silent.map((socket) => once(socket, "close"));
    await waiting.listener[Symbol.asyncDispose]();
    await Promise.all(ends);
  });

  it("takes the first of many references, and only the secret's own path", async () => {
    await using waiting = await listening();
    expect((await waiting.visit("ref=another&ref=mine")).status).toBe(404);
    const elsewhere = `GET //127.0.0.1${waiting.pathname}?ref=mine HTTP/1.1\r\nHost: x\r\n\r\n`;
    expect(await responseTo(waiting.port, elsewhere)).toMatch(/^HTTP\/1\.1 404 /);
    expect((await waiting.visit(`ref=mine${"&ref=another".repeat(500)}`)).status).toBe(200);
  });

  it.each(["constructor", "__proto__", "toString", "<script>", "\u001b]0;x\u0007\u202e"])(
    "shows the error %j as a text",
    async (error) => {
      await using waiting = await listening();
      const details = "<b>&\u202e\u200b\u001b[2J";
      const page = await (
        await waiting.visit(new URLSearchParams({ ref: "mine", error, details }).toString())
      ).text();
      expect(page).toContain("The bank's pages ended with");
      expect(page).not.toMatch(/<b>|<script>/);
      expect(harmfulIn(page, "\n")).toEqual([]);
      expect(await waiting.back).toEqual({ outcome: "refused", error, details });
    },
  );
});
