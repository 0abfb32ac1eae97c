import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { median } from "./measure.ts";
import type { Turn, TurnResult } from "./ways/way.ts";

/** A way of doing something: a module of `ways/`, and what it is prepared with. */
export interface Way {
  module: string;
  setup: object;
}

/** How much is measured. */
export interface Rounds {
  /** How many turns each way takes. */
  rounds: number;
  /** How many turns come before, which are not counted. */
  warmUp: number;
  /** How many calls a turn has; the result is their average. */
  calls: number;
}

/**
 * Times several ways of doing the same, each in a process of its own, so that neither the compiled code nor the garbage of
 * one affects another. They take turns, in an order that is reversed each round, so that other work on the machine affects
 * all of them alike.
 *
 * @returns the median time of a call of each way, in milliseconds, and its process's peak of memory, in megabytes
 */
export async function timeInProcesses<Name extends string>(
  ways: Readonly<Record<Name, Way>>,
  { rounds, warmUp, calls }: Rounds,
): Promise<Record<Name, TurnResult>> {
  const names = Object.keys(ways) as Name[];
  const running = new Map<Name, { child: ChildProcess; times: number[]; peak: number }>();
  try {
    for (const name of names) running.set(name, { child: await start(ways[name]), times: [], peak: 0 });
    for (let round = -warmUp; round < rounds; round += 1) {
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        const way = running.get(name);
        if (way === undefined) continue;
        const { time, peak } = await turn(way.child, { calls });
        way.peak = peak;
        if (round >= 0) way.times.push(time);
      }
    }
  } finally {
    for (const { child } of running.values()) child.disconnect();
  }
  const results = names.map((name): [Name, TurnResult] => {
    const { times, peak } = running.get(name) ?? { times: [], peak: Number.NaN };
    return [name, { time: median(times), peak }];
  });
  return Object.fromEntries(results) as Record<Name, TurnResult>;
}

async function start({ module, setup }: Way): Promise<ChildProcess> {
  const ways = join(import.meta.dirname, "ways");
  // What is measured is the built packages, as they are installed, so no condition leads to the sources.
  const child = fork(join(ways, "way.ts"), [join(ways, module), JSON.stringify(setup)], { execArgv: [] });
  await message(child);
  return child;
}

async function turn(child: ChildProcess, turn: Turn): Promise<TurnResult> {
  const result = message(child);
  child.send(turn);
  return (await result) as TurnResult;
}

/** The next message of a process. @throws Error if it ends without one */
async function message(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const onExit = (code: number | null) =>
    ended.abort(new Error(`${child.spawnargs.slice(2).join(" ")} ended with ${code}`));
  child.once("exit", onExit);
  try {
    const [received] = await once(child, "message", { signal: ended.signal });
    return received;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off("exit", onExit);
  }
}
