import { spawnSync } from "node:child_process";
import { chmod, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { connected } from "./e2e/command.ts";
import { personAt } from "./source-command.ts";
import { typed } from "./typed.ts";

const main = resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

/** The words that can stand for the last one. */
async function completed(...words: readonly string[]): Promise<string[]> {
  const { code, out, err } = await typed(["complete", "--", ...words]);
  expect([code, err]).toEqual([0, ""]);
  return out.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
}

describe("completion", () => {
  it.each([
    [["con"], ["connect", "connections"]],
    [
      ["--sandbox", "con"],
      ["connect", "connections"],
    ],
    [["--config", "connect", "quo"], ["quota"]],
    [
      ["cache", ""],
      ["list", "clear", "path"],
    ],
    [
      ["cache", "clear", "--js"],
      ["--json", "--jsonl"],
    ],
    [["help", "dis"], ["disconnect"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["completion", "bash", "--verb"], ["--verbose"]],
    [["transactions", "--se"], ["--search"]],
    [["transactions", "--search", "--pen"], []],
    [["transactions", "--booked", "--boo"], []],
    [
      ["banks", "d"],
      ["DE", "DG", "DJ", "DK", "DM", "DO", "DZ"],
    ],
    [["accounts", "--config", ""], [":files"]],
    [["accounts", "--config", "="], [":files"]],
    [["accounts", "--config=x"], [":files"]],
    [["sandbox", "--state", "x"], [":files"]],
    [["sync", "--archive", ""], [":files"]],
    [["accounts", "sa"], ["same"]],
    [["sandbox", "--port", ""], []],
    [["sandbox", "--quirks", "n26"], ["N26_NTSBDEB1="]],
    [["sandbox", "--quirks=N26"], ["--quirks=N26_NTSBDEB1="]],
    [["sandbox", "--quirks", "N26_NTSBDEB1=noI"], ["N26_NTSBDEB1=noIds"]],
    [["sandbox", "--quirks=N26_NTSBDEB1=noIds,noT"], ["--quirks=N26_NTSBDEB1=noIds,noTransactionId"]],
    [["sandbox", "--quirks", "N26_NTSBDEB1=noIds,noI"], []],
    [["sandbox", "--quirks", "N26_NTSBDEB1=", "--stat"], ["--state"]],
    // As bash takes words apart.
    [["sandbox", "--quirks", "N26_NTSBDEB1", "=", "noI"], ["noIds"]],
    [["sandbox", "--quirks", "=", "N26_NTSBDEB1", "=", "noIds,noT"], ["noIds,noTransactionId"]],
    [["sandbox", "--quirks", "N26_NTSBDEB1", "=", "noIds", "--stat"], ["--state"]],
    [["sandbox", "--quirks", "N26_NTSBDEB1", "=", "--stat"], ["--state"]],
    [["nonsense", "x"], []],
    [["accounts", "--env-"], []],
    [["--vers"], ["--version"]],
    [["accounts", "--vers"], []],
  ])("of %j is %j", async (words, found) => {
    expect(await completed(...words)).toEqual(found);
  });

  it("knows accounts and references from configuration and cache, without a request, a whole IBAN or a new file", async () => {
    await using sandbox = await startSandbox({ seed: 1 });
    await using me = await personAt(sandbox);
    await connected(sandbox, "N26_NTSBDEB1");
    const ask = async (...words: readonly string[]) => {
      const { code, out, err } = await me.run("complete", "--", ...words);
      expect([code, err]).toEqual([0, ""]);
      return out.trimEnd().split("\n");
    };
    await me.put("bankdata.yaml", "accounts:\n  - { alias: giro, id: unknown }\n");
    expect(await ask("balances", "")).toEqual(["giro\tunknown"]);
    expect(await me.names()).toEqual(["bankdata.yaml"]);
    const accounts = await me.run("accounts", "--json");
    const ibans = [...accounts.out.matchAll(/"accountIban": "(\w+)"/g)].map(([, iban = ""]) => iban);
    expect(ibans).toHaveLength(2);
    const before = sandbox.requests.length;
    const ends = ibans.map((iban) => `${iban.slice(-4)}\tN26_NTSBDEB1`);
    expect(await ask("balances", "--json", "")).toEqual(["giro\tunknown", ...ends]);
    expect(await ask("sync", "giro", "--now", "")).toEqual(["giro\tunknown", ...ends]);
    expect(await ask("connect", "--renew", "")).toEqual(["at-n26_ntsbdeb1\tN26_NTSBDEB1"]);
    expect(await ask("connect", "--renew=at")).toEqual(["--renew=at-n26_ntsbdeb1\tN26_NTSBDEB1"]);
    expect(await ask("disconnect", "at")).toEqual(["at-n26_ntsbdeb1\tN26_NTSBDEB1"]);
    expect(await ask("balances", "--sandbox", "")).toEqual(["giro\tunknown"]);
    const [first = "", second = ""] = ibans;
    await me.put(
      "bankdata.yaml",
      `accounts:\n  - { iban: ${first}, invert: true }\n  - { iban: ${second}, alias: own }\n`,
    );
    expect(await ask("balances", "")).toEqual([`own\tIBAN that ends in ${second.slice(-4)}`, ends[0]]);
    await me.put("bankdata.yaml", "accounts: [");
    expect(await ask("balances", "")).toEqual([""]);
    expect(sandbox.requests.length).toBe(before);
  });

  it("in bash completes words, names with blanks and files, and runs nothing that a name contains", async () => {
    await using me = await personAt({ baseUrl: "http://127.0.0.1:1" });
    await me.put(
      "bankdata.yaml",
      'accounts:\n  - { alias: my giro, id: a }\n  - { alias: $$(touch pwned), id: b }\n  - { alias: "`touch pwned`", id: c }\n',
    );
    await me.put("a file", "");
    const command = join(me.home, "bankdata");
    await writeFile(
      command,
      `#!/bin/sh\nexec '${process.execPath}' --conditions=bankdata-source '${main}' "$@"\n`,
    );
    await chmod(command, 0o700);
    const inBash = (...words: readonly string[]) => {
      const script = `eval "$(bankdata completion bash)"
        COMP_WORDS=(bankdata ${words.map((word) => `'${word}'`).join(" ")}) COMP_CWORD=${words.length}
        _bankdata; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { PATH: `${me.home}:/usr/bin:/bin`, HOME: me.home };
      const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: me.home, env, encoding: "utf8" });
      expect(stderr).toBe("");
      return stdout.trimEnd().split("\n");
    };
    expect(inBash("conn")).toEqual(["connect", "connections"]);
    expect(inBash("balances", "my\\ g")).toEqual(["my\\ giro"]);
    expect(inBash("balances", "")).toEqual(["my\\ giro", "\\$\\(touch\\ pwned\\)", "\\`touch\\ pwned\\`"]);
    expect(inBash("--config", "a")).toEqual(["a file"]);
    expect(inBash("--config", "=", "bankdata.")).toEqual(["bankdata.yaml"]);
    expect(await readdir(me.home)).not.toContain("pwned");
  });

  it("has a script for each shell, and help", async () => {
    expect((await typed(["completion", "zsh"])).out).toMatch(/^#compdef bankdata\n/);
    expect((await typed(["completion", "fish"])).out).toContain("complete -c bankdata -f -a");
    expect((await typed(["completion", "--help"])).out).toContain('eval "$(bankdata completion bash)"');
  });
});
