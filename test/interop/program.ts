/** What a third-party program is to the run: a name, what it needs, and one function that runs it. */

/** Where a program runs. */
export interface Place {
  /** A folder for this program alone, empty at first and removed afterwards. */
  folder: string;
  /** The Python that virtual environments are made with. */
  python: string;
  /** The path of the service's OpenAPI file. */
  specification: string;
}

/** A third-party program that is run against the sandbox, unmodified. */
export interface Program {
  /** Its name and version, such as `leggen 0.6.11`. */
  name: string;
  /**
   * Returns what it needs and this machine does not have, such as `cargo`: it is skipped then. In CI this is a failure,
   * unless `mayBeMissing` is set.
   */
  missing?(): string | undefined;
  /** Whether it may be skipped in CI as well. */
  mayBeMissing?: boolean;
  /**
   * Runs it, and returns in one line what this has shown.
   *
   * @throws Error if the program fails, or reads anything but the truth
   */
  run(place: Place): Promise<string>;
}

/** What became of a program. */
export type Outcome = "passed" | "failed" | "skipped";

/** Runs a program, and prints what became of it. */
export async function outcomeOf(program: Program, place: Place): Promise<Outcome> {
  const missing = program.missing?.();
  if (missing !== undefined) {
    const failed = process.env["CI"] === "true" && program.mayBeMissing !== true;
    console.log(`${failed ? "✗" : "–"} ${program.name}: ${missing} is not installed`);
    return failed ? "failed" : "skipped";
  }
  const start = performance.now();
  try {
    const shown = await program.run(place);
    console.log(`✓ ${program.name}: ${shown} (${Math.round((performance.now() - start) / 1000)} s)`);
    return "passed";
  } catch (error) {
    console.log(`✗ ${program.name}\n${describe(error)}`);
    return "failed";
  }
}

/** The message of an error, which has what the program printed on stderr, after what it printed on stdout. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "stdout" in error && error.stdout !== "" ? `${error.stdout}\n${error.message}` : error.message;
}
