import type { BankProvider, Connection } from "../../../../packages/core/src/bank/index.ts";
import { type ClientOptions, GoCardlessClient } from "../../../../packages/core/src/index.ts";
import { goCardlessProvider } from "../../../../packages/core/src/providers/gocardless/provider.ts";
import { type SandboxOptions, startSandbox } from "../../../../packages/sandbox/src/index.ts";

export const RETURN_TO = "http://localhost:8000/back";

/** A provider of a sandbox whose clock stands still until it is advanced, or until the client sleeps. */
export async function startProvided(
  sandboxOptions: SandboxOptions = {},
  clientOptions: Partial<ClientOptions> = {},
) {
  const sandbox = await startSandbox({ seed: 1, now: "2026-11-23T09:00:00Z", ...sandboxOptions });
  const clientWith = (options: Partial<ClientOptions> = {}) =>
    new GoCardlessClient({
      ...sandbox.credentials,
      baseUrl: sandbox.baseUrl,
      cacheOptions: { backend: "memory" },
      retries: 0,
      now: () => Date.parse(sandbox.now()),
      sleep: async (milliseconds, signal) => {
        signal.throwIfAborted();
        sandbox.advanceTime({ seconds: milliseconds / 1000 });
      },
      random: () => 0,
      ...clientOptions,
      ...options,
    });
  const client = clientWith();
  const provider = goCardlessProvider(client);

  /** Connects a bank as an end user does. */
  const connect = async (
    bankId: string,
    wish: { historyDays?: number; consentDays?: number; accounts?: number; reference?: string } = {},
  ): Promise<Connection> => {
    const { accounts, ...rest } = wish;
    const begun = await provider.begin(await provider.bank(bankId), { returnTo: RETURN_TO, ...rest });
    const address = await sandbox.authorise(begun.connectionId ?? "", { outcome: "linked", accounts });
    return await provider.finish(begun.state, address ?? "");
  };

  /** The requests to the sandbox since the last call of this, without those for tokens. */
  let seen = 0;
  const asked = (): string[] => {
    const since = sandbox.requests.slice(seen);
    seen = sandbox.requests.length;
    return since.flatMap(({ method, path }) => (path.startsWith("/token/") ? [] : [`${method} ${path}`]));
  };

  return {
    sandbox,
    client,
    clientWith,
    provider,
    connect,
    asked,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await sandbox.close();
    },
  };
}

/** The handle of an account of a connection. */
export function handleAt({ accountHandles }: Connection, at = 0): string {
  const handle = accountHandles[at];
  if (handle === undefined) throw new Error(`the connection has no account ${at}`);
  return handle;
}

/** A method of a provider that it may not have. */
export function reconfirmationOf(provider: BankProvider): NonNullable<BankProvider["reconfirm"]> {
  if (provider.reconfirm === undefined) throw new Error("the provider does not reconfirm");
  return provider.reconfirm.bind(provider);
}
