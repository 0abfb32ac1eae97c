import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { startReturnListener } from "../../packages/cli/src/connect/return-listener.ts";
import type { ReadReturn } from "../../packages/core/src/connect/index.ts";
import { readReturn, stateFor } from "../../packages/core/src/providers/gocardless/return.ts";
import { harmfulIn } from "./harmful.ts";
import { connectionTo, RAW_REQUESTS, responseTo } from "./raw-requests.ts";

const state = stateFor("1e944232-bda9-40bc-b784-660c7ab5fe78", "mine");

/** A listener that waits for the reference "mine". */
async function listening(read: ReadReturn = (address) => readReturn(state, address)) {
  const listener = await startReturnListener();
  const stop = new AbortController();
  const { port, pathname } = new URL(listener.redirect);
  return {
    port: Number(port),
    pathname,
    listener,
    stop,
    back: listener.waitFor(read, stop.signal).then(String),
    visit: (query: string) => fetch(`${listener.redirect}?${query}`),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

describe("the listener for a browser's return", () => {
  it.each(RAW_REQUESTS)("%s gets an error, and the listener keeps waiting", async (_, bytes) => {
    await using waiting = await listening();
    expect(await responseTo(waiting.port, bytes)).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
    expect((await waiting.visit("ref=mine")).status).toBe(200);
    expect(await waiting.back).toBe("ref=mine");
  });

  it("a request target that is not an address gets 404", async () => {
    await using waiting = await listening();
    const statuses = await Promise.all(
      RAW_REQUESTS.filter(([what]) => /^GET \/|OPTIONS|absolute/.test(what)).map(async ([, bytes]) =>
        (await responseTo(waiting.port, bytes)).slice(9, 12),
      ),
    );
    expect(new Set(statuses)).toEqual(new Set(["404"]));
  });

  it("the listener survives thousands of silent or reset connections, and closes without waiting for them", async () => {
    const waiting = await listening();
    for (let round = 0; round < 10; round += 1) {
      const sockets = await Promise.all(Array.from({ length: 200 }, () => connectionTo(waiting.port)));
      for (const socket of sockets) socket.write("GET /");
      for (const socket of sockets) socket.resetAndDestroy();
    }
    const silent = await Promise.all(Array.from({ length: 5 }, () => connectionTo(waiting.port)));
    await expect.poll(async () => (await waiting.visit("ref=mine").catch(() => undefined))?.status).toBe(200);
    expect(await waiting.back).toBe("ref=mine");
    const ends = silent.map((socket) => once(socket, "close"));
    await waiting.listener[Symbol.asyncDispose]();
    await Promise.all(ends);
  });

  it("the listener takes the first of many references, and only at the path with the secret", async () => {
    await using waiting = await listening();
    expect((await waiting.visit("ref=another&ref=mine")).status).toBe(404);
    const elsewhere = `GET //127.0.0.1${waiting.pathname}?ref=mine HTTP/1.1\r\nHost: x\r\n\r\n`;
    expect(await responseTo(waiting.port, elsewhere)).toMatch(/^HTTP\/1\.1 404 /);
    expect((await waiting.visit(`ref=mine${"&ref=another".repeat(500)}`)).status).toBe(200);
  });

  it("a return of another connection gets 404, and the listener keeps waiting for its own", async () => {
    await using waiting = await listening();
    for (const query of [
      "ref=another",
      "ref=another&error=UserCancelledSession",
      "error=UserCancelledSession",
      "",
    ]) {
      const response = await waiting.visit(query);
      expect([response.status, await response.text()]).toEqual([
        404,
        expect.stringContaining("Nothing was changed."),
      ]);
    }
    expect(await (await waiting.visit("ref=mine&code=1%2B1")).text()).toContain("Bank connected");
    expect(await (await waiting.visit("ref=mine&error=UserCancelledSession")).text()).toContain(
      "You cancelled",
    );
    expect(await waiting.back).toBe("ref=mine&code=1%2B1");
  });

  it("a return before the wait gets 404, and an aborted wait rejects with the signal's reason", async () => {
    await using listener = await startReturnListener();
    expect((await fetch(`${listener.redirect}?ref=mine`)).status).toBe(404);
    await using waiting = await listening();
    waiting.stop.abort(new Error("enough"));
    await expect(waiting.back).rejects.toThrow("enough");
  });

  it("the caller decides which query is a return", async () => {
    await using waiting = await listening((address) =>
      new URLSearchParams(String(address)).get("state") === "ours" ? { outcome: "returned" } : undefined,
    );
    expect((await waiting.visit("ref=mine")).status).toBe(404);
    expect((await waiting.visit("state=ours&code=abc")).status).toBe(200);
    expect(await waiting.back).toBe("state=ours&code=abc");
  });

  it.each([
    ["UserCancelledSession", "You cancelled before you agreed. Nothing was connected."],
    ["UserSessionRejected", "The bank rejected the session. Try again; if it keeps happening, ask the bank."],
    ["SSNVerificationFailed", "Your identity could not be verified. Check what you entered and try again."],
    ["InstitutionTechnicalError", "The bank has a technical fault. Try again later."],
    ["InstitutionTimeoutError", "The bank did not respond in time. Try again."],
    ["GoCardlessTechnicalError", "The service has a technical fault. Try again later."],
    ["RequisitionLinkReused", "This link has already been used. Start again for a new one."],
    ["CompanyRequisitionLimitReached", "Your plan allows no more connections."],
    ["OddError", "Connecting the bank failed with OddError: some details"],
  ])("the page explains the error %s", async (error, words) => {
    await using waiting = await listening();
    const query = new URLSearchParams({ ref: "mine", error, details: "some details" }).toString();
    const page = await (await waiting.visit(query)).text();
    expect(page).toContain("<h1>Nothing was connected</h1>");
    expect(page).toContain(`<p>${words}`);
    expect(page).toContain("You can close this page and go back to the terminal.");
    expect(await waiting.back).toBe(query);
  });

  it.each(["constructor", "__proto__", "toString", "<script>", "\u001b]0;x\u0007\u202e"])(
    "the page shows the error %j as plain text",
    async (error) => {
      await using waiting = await listening();
      const details = "<b>&\u202e\u200b\u001b[2J";
      const page = await (
        await waiting.visit(new URLSearchParams({ ref: "mine", error, details }).toString())
      ).text();
      expect(page).toContain("Connecting the bank failed with");
      expect(page).not.toMatch(/<b>|<script>/);
      expect(harmfulIn(page, "\n")).toEqual([]);
      const sent = new URLSearchParams(await waiting.back);
      expect([sent.get("error"), sent.get("details")]).toEqual([error, details]);
    },
  );
});
