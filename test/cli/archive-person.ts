import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type SandboxOptions, startSandbox } from "../../packages/sandbox/src/index.ts";
import { personAt } from "./source-command.ts";

/** A person with accounts at a sandbox, who keeps an archive in the home. */
export async function personWith(accounts: number, options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ seed: 1, accounts, ...options });
  const person = await personAt(sandbox);
  onTestFinished(async () => {
    await person[Symbol.asyncDispose]();
    await sandbox.close();
  });
  const folder = join(person.home, ".local/share/bankdata");
  let seen = 0;
  return {
    ...person,
    sandbox,
    ids: sandbox.state().accounts.map(({ id }) => id),
    connections: sandbox.state().requisitions.map(({ id }) => id),
    /** The archive that the commands use, of which there is only one. */
    archive: () => {
      const [name, ...others] = existsSync(folder)
        ? readdirSync(folder).filter((one) => /sqlite$/.test(one))
        : [];
      expect(others).toEqual([]);
      return name === undefined ? undefined : join(folder, name);
    },
    /** The calls of banks since the last look, with how many there were of each. */
    calls: () => {
      const since = sandbox.requests.slice(seen);
      seen = sandbox.requests.length;
      const kinds = since.flatMap(({ path }) => /^\/accounts\/[^/]+\/(\w+)\/$/.exec(path)?.[1] ?? []);
      return Object.fromEntries(
        [...Map.groupBy(kinds, (kind) => kind)].map(([kind, some]) => [kind, some.length]),
      );
    },
  };
}
