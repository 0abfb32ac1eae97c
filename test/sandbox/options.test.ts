import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { temporaryFolder } from "../support/folder.ts";

it("startSandbox rejects an option that it does not know, and names those that it knows", async () => {
  const misspelt: object = { sead: 3 };
  await expect(startSandbox(misspelt)).rejects.toThrow(
    'Unknown option "sead" of startSandbox. The options are port, host, allowHosts, controlKey, tls, seed, ',
  );
  const limits: object = { account: { limit: 2 }, acounts: 5 };
  await expect(startSandbox({ rateLimits: limits })).rejects.toThrow(
    'Unknown option "acounts" of the limits.',
  );
});

it("setLimits rejects a limit that it does not know, and leaves the limits as they are", async () => {
  await using sandbox = await startSandbox({ port: 0 });
  const { limits } = sandbox.state();
  const misspelt: object = { reads: 1 };
  expect(() => sandbox.setLimits(misspelt)).toThrow('Unknown option "reads" of the limits.');
  expect(sandbox.state().limits).toEqual(limits);
});

it("the base URL of an IPv6 address can be used", async () => {
  await using sandbox = await startSandbox({ host: "::1", accounts: 1 });
  expect(sandbox.baseUrl).toMatch(/^http:\/\/\[::1\]:\d+\/api\/v2$/);
  expect((await fetch(`${sandbox.baseUrl}/institutions/`)).status).toBe(401);
});

it.each<[Readonly<Record<string, unknown>>, string | RegExp]>([
  [{ seed: Number.NaN }, "seed must be a whole number, not NaN."],
  [{ port: -1 }, "port must be a whole number from 0 to 65535, not -1."],
  [{ port: 70_000 }, "port must be a whole number from 0 to 65535, not 70000."],
  [{ port: "x" }, 'port must be a whole number from 0 to 65535, not "x".'],
  [{ host: "" }, 'host must be a text of 1 to 255 characters, not "".'],
  [{ host: "203.0.113.5" }, "host is not an address of this machine: 203.0.113.5"],
  [{ allowHosts: "sandbox" }, 'allowHosts must be a list of host names, not "sandbox".'],
  [
    { allowHosts: ["sandbox", "sandbox:4010"] },
    'allowHosts must be a host name without a port, such as sandbox, not "sandbox:4010".',
  ],
  [{ allowHosts: ["http://sandbox"] }, "allowHosts must be a host name without a port"],
  [{ allowHosts: ["*"] }, 'allowHosts must be a host name without a port, such as sandbox, not "*".'],
  [{ allowHosts: [7] }, "allowHosts must be a host name without a port, such as sandbox, not 7."],
  [{ tls: true }, "tls must be an object, not true."],
  [{ tls: {} }, "tls.folder must be a text of 1 to 4096 characters, not missing."],
  [{ tls: { folder: "x", port: 70_000 } }, "tls.port must be a whole number from 0 to 65535, not 70000."],
  [{ tls: { folder: "x", name: "y" } }, 'Unknown option "name" of tls. The options are folder, port.'],
  [{ controlKey: "fifteen-letters" }, /^controlKey must be a text of 16 to 255 characters\.$/],
  [{ controlKey: "k".repeat(256) }, /^controlKey must be a text of 16 to 255 characters\.$/],
  [{ controlKey: "a-key-from-a-file\n" }, /^controlKey has a control character, .+ Leave it out\.$/],
  [{ controlKey: "a-key-that-\ud83d-is-broken" }, /^controlKey has a control character, .+ Leave it out\.$/],
  [{ controlKey: 1234567890123456 }, /^controlKey must be a text of 16 to 255 characters\.$/],
  [{ now: "soon" }, 'now must be a valid time (ISO 8601) from 1970 to 2199, not "soon".'],
  [{ now: "9999-01-01" }, "now must be a valid time (ISO 8601) from 1970 to 2199"],
  [{ rateLimits: 5 }, "rateLimits must be true, false or an object with limits, not 5."],
  [{ rateLimits: null }, "rateLimits must be true, false or an object with limits, not null."],
  [
    { rateLimits: { account: { calls: -1 } } },
    "rateLimits.account.calls must be a whole number from 0 to 1000000000, not -1.",
  ],
  [
    { rateLimits: { account: { calls: 1, window: 0, period: "day" } } },
    "rateLimits.account.window must be a number above 0",
  ],
  [{ permissions: { reconfirm: true } }, 'Unknown option "reconfirm" of permissions.'],
  [{ permissions: { reconfirmation: "no" } }, 'permissions.reconfirmation must be true or false, not "no".'],
  [{ transactionsPerDay: Number.NaN }, "transactionsPerDay must be a whole number from 0 to 1000, not NaN."],
  [{ transactionsPerDay: 1e9 }, "transactionsPerDay must be a whole number from 0 to 1000, not 1000000000."],
  [{ accounts: 1e9 }, "accounts must be a whole number from 1 to 100000, not 1000000000."],
  [{ quirks: ["noIds"] }, "quirks must be an object, not a list."],
  [{ quirks: null }, "quirks must be an object, not null."],
  [{ quirks: { N26: ["noIds"] } }, 'quirks: there is no bank "N26". Did you mean "N26_NTSBDEB1"?'],
  [
    { quirks: { N62_NTSBDEB1: ["noIds"] } },
    'quirks: there is no bank "N62_NTSBDEB1". Did you mean "N26_NTSBDEB1"?',
  ],
  [
    { quirks: { ["x".repeat(100_000)]: [] } },
    `quirks: there is no bank "${"x".repeat(100)}". GET /institutions/ lists the ids of the banks.`,
  ],
  [{ quirks: { ING: [] } }, 'quirks: there is no bank "ING". GET /institutions/ lists the ids of the banks.'],
  [{ quirks: { N26_NTSBDEB1: "noIds" } }, 'quirks of N26_NTSBDEB1 must be a list of quirks, not "noIds".'],
  [{ quirks: { N26_NTSBDEB1: undefined } }, "quirks of N26_NTSBDEB1 must be a list of quirks, not missing."],
  [
    { quirks: { N26_NTSBDEB1: ["blankIds", "noid"] } },
    'quirks of N26_NTSBDEB1: there is no quirk "noid". Did you mean "noIds"?',
  ],
  [
    { quirks: { N26_NTSBDEB1: ["lateArival"] } },
    'quirks of N26_NTSBDEB1: there is no quirk "lateArival". Did you mean "lateArrivals"?',
  ],
  [
    { quirks: { N26_NTSBDEB1: ["fickle"] } },
    'quirks of N26_NTSBDEB1: there is no quirk "fickle". docs/sandbox.md lists the quirks.',
  ],
  [
    { quirks: { N26_NTSBDEB1: [5] } },
    "quirks of N26_NTSBDEB1: there is no quirk 5. docs/sandbox.md lists the quirks.",
  ],
  [
    { quirks: { DKB_BYLADEM1: [], N26_NTSBDEB1: ["noIds", "lateArrivals", "noIds"] } },
    'quirks of N26_NTSBDEB1: "noIds" is repeated. List each quirk once.',
  ],
  [{ state: {} }, "state must be what save() of a sandbox returned: state.format: "],
  [{ stateFile: "" }, 'stateFile must be a text of 1 to 4096 characters, not "".'],
])("startSandbox rejects %j with an error that names the option", async (options, message) => {
  await expect(startSandbox(options)).rejects.toThrow(message);
});

it("a sandbox that cannot start frees its port, and leaves no file behind", async () => {
  const folder = temporaryFolder();
  const stateFile = join(folder, "state.json");
  await using running = await startSandbox();
  const port = Number(new URL(running.baseUrl).port);
  await expect(startSandbox({ port, stateFile })).rejects.toThrow(`Port ${port} is taken`);
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(stateFile, "of another program");
  const free = 30_000 + (process.pid % 2000);
  await expect(startSandbox({ port: free, stateFile })).rejects.toThrow(
    "does not hold the state of a sandbox",
  );
  expect([readdirSync(folder), readFileSync(stateFile, "utf8")]).toEqual([
    ["state.json"],
    "of another program",
  ]);
  await using afterwards = await startSandbox({ port: free });
  expect(afterwards.baseUrl).toContain(String(free));
});
