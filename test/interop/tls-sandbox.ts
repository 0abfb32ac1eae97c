import { join } from "node:path";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../packages/sandbox/src/index.ts";
import type { Place } from "./program.ts";

/** A sandbox that programs reach under the service's own name. */
export interface TlsSandbox extends AsyncDisposable {
  sandbox: Sandbox;
  /**
   * What a program needs in its environment so that `https://bankaccountdata.gocardless.com` is the sandbox, and `SANDBOX`,
   * the address at which the scripts beside it find the controls.
   */
  environment: Record<string, string>;
}

/** Starts a sandbox for an unmodified program. Its clock follows real time, because the programs know no other. */
export async function startTlsSandbox(place: Place, options: SandboxOptions = {}): Promise<TlsSandbox> {
  const sandbox = await startSandbox({ seed: 1, tls: { folder: join(place.folder, "tls") }, ...options });
  if (sandbox.tls === undefined) throw new Error("the sandbox was started without TLS");
  return {
    sandbox,
    environment: { ...sandbox.tls.environment, SANDBOX: new URL(sandbox.baseUrl).origin },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}
