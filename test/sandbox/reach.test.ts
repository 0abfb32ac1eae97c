import { describe, expect, it } from "vitest";
import { type SandboxOptions, startSandbox } from "../../packages/sandbox/src/index.ts";
import { hasAddress, ownAddress } from "./own-address.ts";
import { ask } from "./tls-client.ts";

const NOW = "2026-11-23T09:00:00Z";
const KEY = "a-key-for-the-controls";

/** A sandbox on all addresses of this machine, and its origin as another machine sees it. */
async function openSandbox(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ host: "0.0.0.0", seed: 1, now: NOW, ...options });
  const { port, origin } = new URL(sandbox.baseUrl);
  return {
    sandbox,
    local: origin,
    get outside() {
      return `http://${ownAddress("IPv4")}:${port}`;
    },
    port,
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

function basic(user: string, password: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

describe.runIf(hasAddress("IPv4"))("on all addresses of a machine", () => {
  it("its base URL is one that works on this machine", async () => {
    await using open = await openSandbox();
    expect(open.sandbox.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2$/);
    await using both = await startSandbox({ host: "::", now: NOW });
    expect(both.baseUrl).toMatch(/^http:\/\/\[::1\]:\d+\/api\/v2$/);
    expect((await ask(`${both.baseUrl}/`)).status).toBe(404);
  });

  it("other machines reach the service by its address, and links lead to that address", async () => {
    await using open = await openSandbox();
    const headers = { "content-type": "application/json" };
    const post = async (path: string, body: object, authorization = "") =>
      JSON.parse(
        (
          await ask(`${open.outside}/api/v2${path}`, {
            method: "POST",
            headers: { ...headers, authorization },
            body: JSON.stringify(body),
          })
        ).text,
      );
    const { secretId: secret_id, secretKey: secret_key } = open.sandbox.credentials;
    const { access } = await post("/token/new/", { secret_id, secret_key });
    const wish = { institution_id: "MONZO_MONZGB2L", redirect: "http://localhost/" };
    const { link } = await post("/requisitions/", wish, `Bearer ${access}`);
    expect(link).toMatch(new RegExp(`^${open.outside}/psd2/start/`));
    expect((await ask(link)).text).toContain("Monzo");
  });

  // Many containers have no such address.
  it.runIf(hasAddress("IPv6"))("an address of IPv6 is known as well", async () => {
    await using open = await openSandbox({ host: "::" });
    for (const address of [`[${ownAddress("IPv6")}]`, ownAddress("IPv4")])
      expect((await ask(`http://${address}:${open.port}/api/v2/`)).status).toBe(404);
  });

  it.each(["sandbox", "evil.example", "10.0.0.1", "127.0.0.1.evil.example"])(
    "a request to the unknown host %s is rejected, wherever it comes from",
    async (host) => {
      await using open = await openSandbox();
      for (const origin of [open.local, open.outside]) {
        const refused = await ask(`${origin}/api/v2/`, { headers: { host } });
        expect([refused.status, JSON.parse(refused.text).summary]).toEqual([403, "Foreign host"]);
      }
    },
  );
});

describe("a host name that is allowed", () => {
  it("is accepted in any spelling, with and without a port, from its own pages too", async () => {
    await using open = await openSandbox({ allowHosts: ["sandbox", "Bank.Example"] });
    for (const host of ["sandbox", "sandbox:4010", "SANDBOX", "bank.example:80"]) {
      expect((await ask(`${open.local}/api/v2/`, { headers: { host } })).status).toBe(404);
      for (const scheme of ["http", "https"]) {
        const headers = { host, origin: `${scheme}://${host}` };
        expect((await ask(`${open.local}/api/v2/`, { headers })).status).toBe(404);
      }
      const headers = { host, origin: "http://evil.example" };
      expect((await ask(`${open.local}/api/v2/`, { headers })).status).toBe(403);
    }
    const subdomain = await ask(`${open.local}/api/v2/`, { headers: { host: "x.sandbox" } });
    expect(subdomain.status).toBe(403);
  });

  it("does not open the controls: a proxy on this machine may pass on what comes from anywhere", async () => {
    await using open = await openSandbox({ allowHosts: ["sandbox"] });
    for (const path of ["/", "/_sandbox/state"]) {
      const refused = await ask(open.local + path, { headers: { host: "sandbox" } });
      expect([refused.status, JSON.parse(refused.text).summary]).toEqual([403, "Controls not reachable"]);
    }
  });
});

describe("a proxy on this machine that asks for 127.0.0.1 in place of the host it was asked for", () => {
  it.each([
    ["X-Forwarded-For", "203.0.113.7"],
    ["X-Forwarded-Host", "sandbox.example"],
    ["X-Forwarded-Proto", "https"],
    ["X-Real-IP", "203.0.113.7"],
    ["Forwarded", "for=203.0.113.7"],
    ["Via", "1.1 proxy"],
  ])("does not open the controls if it sends %s", async (name, value) => {
    await using open = await openSandbox();
    const headers = { [name]: value };
    for (const path of ["/", "/_sandbox/state"]) {
      const refused = await ask(open.local + path, { headers });
      expect([refused.status, JSON.parse(refused.text).summary]).toEqual([403, "Controls not reachable"]);
    }
    expect((await ask(`${open.local}/api/v2/institutions/`, { headers })).status).toBe(401);
    await using keyed = await openSandbox({ controlKey: KEY });
    expect((await ask(`${keyed.local}/_sandbox/state`, { headers })).status).toBe(401);
    const withKey = { ...headers, ...basic("sandbox", KEY) };
    expect((await ask(`${keyed.local}/_sandbox/state`, { headers: withKey })).status).toBe(200);
  });
});

describe.runIf(hasAddress("IPv4"))("the overview and the controls", () => {
  const paths = ["/", "/_sandbox/state", "/_sandbox/requests"];

  it("stay on the loopback interface without a key", async () => {
    await using open = await openSandbox();
    for (const path of paths) {
      expect((await ask(open.local + path)).status).toBe(200);
      const refused = await ask(open.outside + path, { headers: basic("sandbox", "") });
      expect(refused.status).toBe(403);
      expect(refused.headers["www-authenticate"]).toBeUndefined();
    }
    const posted = { method: "POST", body: "days=1" };
    expect((await ask(`${open.outside}/_sandbox/page/time`, posted)).status).toBe(403);
    expect((await ask(`${open.outside}/_sandbox/time`, { ...posted, body: '{"days":1}' })).status).toBe(403);
    // Neither another Host nor the name of loopback makes a request one of this machine.
    const pretended = await ask(`${open.outside}/_sandbox/state`, { headers: { host: "127.0.0.1" } });
    expect(pretended.status).toBe(403);
    expect(open.sandbox.now()).toBe("2026-11-23T09:00:00.000Z");
  });

  it("open to other machines with the key, and to this one without", async () => {
    await using open = await openSandbox({ controlKey: KEY });
    for (const path of paths) {
      expect((await ask(open.local + path)).status).toBe(200);
      const headers = basic("sandbox", KEY);
      expect((await ask(open.outside + path, { headers })).status).toBe(200);
    }
    const headers = { ...basic("sandbox", KEY), "content-type": "application/json" };
    await ask(`${open.outside}/_sandbox/time`, { method: "POST", headers, body: '{"days":1}' });
    expect(open.sandbox.now()).toBe("2026-11-24T09:00:00.000Z");
  });

  it.each([
    ["no key", {}],
    ["another key", basic("sandbox", "another-key-for-it")],
    ["another user", basic("admin", KEY)],
    ["the key as a token", { authorization: `Bearer ${KEY}` }],
    ["what is no credentials", { authorization: "Basic %%%" }],
  ])("ask for the key if a request has %s", async (_what, headers) => {
    await using open = await openSandbox({ controlKey: KEY });
    for (const path of paths) {
      const refused = await ask(open.outside + path, { headers });
      expect(refused.status).toBe(401);
      expect(refused.headers["www-authenticate"]).toBe('Basic realm="bankdata sandbox"');
      expect(JSON.parse(refused.text)).toEqual({
        summary: "Control key needed",
        detail:
          'The controls can be reached from other machines with HTTP Basic authentication: the user name "sandbox" and the control key as password.',
        status_code: 401,
      });
      expect(refused.text).not.toContain(KEY);
    }
  });

  it.each(["schlüssel-für-die-tür €", "key:with:colons:in it", "🔑🔑🔑🔑🔑🔑🔑🔑", " spaces at both ends "])(
    "the key may have any characters that can be sent: %s",
    async (controlKey) => {
      await using open = await openSandbox({ controlKey });
      const asked = async (password: string) =>
        (await ask(`${open.outside}/_sandbox/state`, { headers: basic("sandbox", password) })).status;
      expect([await asked(controlKey), await asked(controlKey.trim().slice(1))]).toEqual([200, 401]);
    },
  );

  it("a key does not replace the credentials of the service", async () => {
    await using open = await openSandbox({ controlKey: KEY });
    const headers = basic("sandbox", KEY);
    expect((await ask(`${open.outside}/api/v2/requisitions/`, { headers })).status).toBe(401);
  });
});
