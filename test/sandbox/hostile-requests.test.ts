import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OddRequest, oddAddress, oddBody, oddHeaders, oddRequisition } from "./odd-requests.ts";
import { plainClient } from "./plain-client.ts";
import { sendRaw } from "./raw-client.ts";

let client: Awaited<ReturnType<typeof plainClient>>;
let ids: string[] = [];
beforeAll(async () => {
  client = await plainClient({ rateLimits: false });
  const { id, agreement, accounts } = await client.connect("MONZO_MONZGB2L", {
    access_valid_for_days: 180,
    reconfirmation: true,
  });
  ids = [id, agreement, ...accounts];
});
afterAll(async () => client.sandbox.close());

/** Sends a request as it is, with the token of a client. */
async function send({ method, path, query = "", headers = [], body, framing }: OddRequest) {
  const known = path.replace(/KNOWN(\d)/, (_, at) => ids[Number(at)] ?? "");
  const lines = [
    `${method} /api/v2${known}${query === "" ? "" : `?${query}`} HTTP/1.1`,
    `Host: ${new URL(client.sandbox.baseUrl).host}`,
    `Authorization: Bearer ${client.token()}`,
    ...headers,
    ...(body === undefined ? [] : [framing ?? `Content-Length: ${body.length}`]),
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return await sendRaw(client.sandbox.baseUrl, Buffer.concat([head, body ?? Buffer.of()]));
}

/** Expects a status below 500 with a body of JSON, and if it is an error, in one of the service's forms. */
async function expectSoundResponse(odd: OddRequest) {
  const response = await send(odd);
  const told = JSON.stringify({ ...odd, body: odd.body?.toString() }).slice(0, 2000);
  if (response === undefined) throw new Error(`No response to ${told}`);
  const { status, body } = response;
  expect(status, told + body).toBeGreaterThanOrEqual(200);
  expect(status, told + body).toBeLessThan(500);
  if (odd.method === "HEAD" || status === 301) return;
  const value = JSON.parse(body);
  if (status >= 400) expect(value, told).toMatchObject({ status_code: status });
  if (status >= 400 && "summary" in value) expect(value).toMatchObject({ detail: expect.anything() });
}

describe("whatever a client sends", () => {
  it("a requisition with fields of any form can be listed and linked once it is created", async () => {
    let linked = 0;
    await fc.assert(
      fc.asyncProperty(oddRequisition, async (fields) => {
        const { status, body: made } = await client.send("POST", "/requisitions/", fields);
        expect([201, 400]).toContain(status);
        if (status !== 201) return;
        linked += 1;
        const form = new URLSearchParams({ decision: "agree", account: "0" });
        const agreed = await fetch(made.link, { method: "POST", body: form, redirect: "manual" });
        expect(agreed.status).toBe(fields.redirect === null ? 200 : 303);
        const page = await client.send("GET", "/requisitions/?limit=1");
        const { id, accounts, reference } = page.body.results[0];
        expect([id, accounts.length, reference]).toEqual([made.id, 1, made.reference]);
      }),
      { numRuns: 100 },
    );
    expect(linked).toBeGreaterThan(20);
  });

  it("a reconfirmation redirects to its address in ASCII", async () => {
    const [, agreement] = ids;
    client.sandbox.advanceTime({ days: 80 }, { keepTokens: true });
    const { body } = await client.send("POST", `/agreements/enduser/${agreement}/reconfirm/`, {
      redirect: "http://localhost/€",
    });
    const confirmed = await fetch(body.reconfirmation_url, { method: "POST", redirect: "manual" });
    expect([confirmed.status, confirmed.headers.get("location")]).toEqual([
      303,
      "http://localhost/%E2%82%AC",
    ]);
  });

  it("the link of a consent may end in a slash, whatever it holds", async () => {
    for (const path of [
      "/psd2/start/%E2%82%AC/%0D%0A",
      "/psd2/start/a/%0D%0AX:1",
      "/psd2/start/%2F%2Fevil/%00",
    ]) {
      const asked = await fetch(new URL(`${path}/`, client.sandbox.baseUrl), { redirect: "manual" });
      expect([asked.status, asked.headers.get("location")]).toEqual([302, path]);
    }
  });

  it.each([
    ["addresses", oddAddress],
    ["bodies", oddBody],
    ["headers", oddHeaders],
  ])("%s of any form lead to a sound response, at every operation", async (_, odd) => {
    await fc.assert(fc.asyncProperty(odd, expectSoundResponse), { numRuns: 500 });
  });

  it("a malformed head leads to a response, and the connection is not reset while a large body follows", async () => {
    const body = Buffer.alloc(4_000_000, "x");
    for (let time = 0; time < 20; time += 1) {
      const response = await send({ method: "FOO", path: "/requisitions/", body });
      expect([response?.status, response?.isReset, JSON.parse(response?.body ?? "")]).toEqual([
        400,
        false,
        { summary: "Bad Request", detail: "The request is not valid HTTP.", status_code: 400 },
      ]);
    }
    const hostless = await sendRaw(client.sandbox.baseUrl, "GET /api/v2/ HTTP/1.1\r\n\r\n");
    expect([hostless?.status, JSON.parse(hostless?.body ?? "").summary]).toEqual([400, "Bad Request"]);
    const tunnel = await send({ method: "CONNECT", path: "/requisitions/" });
    expect([tunnel?.status, JSON.parse(tunnel?.body ?? "").summary]).toEqual([405, "Method Not Allowed"]);
    const long = await send({ method: "GET", path: `/${"x".repeat(20_000)}` });
    expect([long?.status, JSON.parse(long?.body ?? "").status_code]).toEqual([431, 431]);
  });

  it("JSON of 64 levels is read, and deeper JSON is rejected in every encoding", async () => {
    const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    const agreed = async (body: unknown) => await client.send("POST", "/agreements/enduser/", body);
    const bank = '"institution_id":"N26_NTSBDEB1"';
    // The brackets of the object are one level, and those in a string none.
    expect((await agreed(`{${bank},"created":${deep(63)}}`)).status).toBe(201);
    expect((await agreed(`{${bank},"created":"\\"${deep(99)}"}`)).status).toBe(201);
    expect(await agreed(`{${bank},"created":${deep(64)}}`)).toMatchObject({
      status: 400,
      body: { summary: "JSON parse error" },
    });
    const form = new URLSearchParams({ institution_id: "N26_NTSBDEB1", access_scope: deep(100_000) });
    expect(await agreed(form)).toMatchObject({
      status: 400,
      body: {
        access_scope: [{ summary: expect.stringMatching(/^Unknown value '\[{256}' in access_scope$/) }],
      },
    });
  });

  it("JSON in invalid UTF-8, or with a byte order mark, is rejected", async () => {
    const headers = ["Content-Type: application/json"];
    for (const body of [Buffer.from('{"redirect":"\xff"}', "latin1"), Buffer.from("\ufeff{}")]) {
      const response = await send({ method: "POST", path: "/requisitions/", headers, body });
      expect([response?.status, JSON.parse(response?.body ?? "").summary]).toEqual([400, "JSON parse error"]);
    }
  });

  it("chunks that are malformed or end too early lead to 400", async () => {
    for (const chunks of ["5\r\nhel", "x\r\n", "2\r\n{}\r\n-1\r\n"]) {
      const response = await send({
        method: "POST",
        path: "/requisitions/",
        headers: ["Content-Type: application/json"],
        framing: "Transfer-Encoding: chunked",
        body: Buffer.from(chunks),
      });
      expect([chunks, response?.status, JSON.parse(response?.body ?? "").summary]).toEqual([
        chunks,
        400,
        "Bad Request",
      ]);
    }
  });
});
