import { expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";

it("startSandbox rejects an option that it does not know, and names those that it knows", async () => {
  const misspelt: object = { sead: 3 };
  await expect(startSandbox(misspelt)).rejects.toThrow(
    'Unknown option "sead" of startSandbox. The options are port, host, seed, ',
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
