import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
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

const DAY = 86_400_000;
/** No program takes longer once it is installed, in milliseconds. */
const LONGEST_RUN = 180_000;

/**
 * Starts a sandbox whose clock follows real time, because most programs know no other. Shortly before midnight it waits for
 * the next day: what is booked at midnight would otherwise be in some of a program's responses and not in others.
 */
export async function sandboxInRealTime(options: SandboxOptions = {}): Promise<Sandbox> {
  const left = DAY - (Date.now() % DAY);
  if (left < LONGEST_RUN) await delay(left);
  return await startSandbox({ seed: 1, ...options });
}

/** Starts a sandbox for an unmodified program, in real time unless `options.now` is given. */
export async function startTlsSandbox(place: Place, options: SandboxOptions = {}): Promise<TlsSandbox> {
  const start = options.now === undefined ? sandboxInRealTime : startSandbox;
  const sandbox = await start({ seed: 1, tls: { folder: join(place.folder, "tls") }, ...options });
  if (sandbox.tls === undefined) throw new Error("the sandbox was started without TLS");
  return {
    sandbox,
    environment: { ...sandbox.tls.environment, SANDBOX: new URL(sandbox.baseUrl).origin },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}
