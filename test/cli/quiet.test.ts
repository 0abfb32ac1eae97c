import { expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { connected } from "./e2e/command.ts";
import { personAt } from "./source-command.ts";

it("--quiet prints results and what is wrong, but no notes", async () => {
  await using sandbox = await startSandbox({ seed: 1 });
  await using me = await personAt(sandbox);
  await connected(sandbox, "N26_NTSBDEB1");
  const usual = await me.run("balances");
  expect(usual.err).toContain("Calls left today");
  expect(await me.run("balances", "--quiet")).toEqual({ ...usual, err: "" });
  expect(await me.run("--quiet", "banks", "--search", "no such bank")).toEqual({ code: 0, out: "", err: "" });
  const wrong = await me.run("balances", "nobody", "--quiet");
  expect([wrong.code, wrong.out, wrong.err]).toEqual([
    2,
    "",
    expect.stringContaining('No account is called "nobody"'),
  ]);
});
