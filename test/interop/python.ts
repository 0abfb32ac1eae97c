import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Place } from "./program.ts";

const execute = promisify(execFile);

/**
 * The sandbox itself, by HTTP, is reached without a proxy that the machine may have. Local time is UTC, as the
 * sandbox's is: elsewhere a program's today may be the sandbox's tomorrow, for which the sandbox refuses a request.
 */
const RUNNING = { TZ: "UTC", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };
/** A package is installed into the virtual environment, even if the machine's pip installs elsewhere by default. */
const INSTALLING = { PIP_USER: "0" };

/** A virtual environment of Python, with packages installed. */
export interface Venv {
  /** The folder of its executables. */
  bin: string;
  /**
   * Runs one of its executables, such as `python`, in the program's folder. `environment` is added to that of this
   * process.
   *
   * @throws Error with `stdout` and `stderr` if the exit code is not 0
   */
  run(
    name: string,
    args: string[],
    environment?: Record<string, string>,
  ): Promise<{ stdout: string; stderr: string }>;
}

/**
 * Makes a virtual environment in the program's folder with these packages, such as `nordigen==1.4.2`. The versions of what
 * they depend on are those of `constraints.txt`.
 */
export async function venv(place: Place, packages: string[], options: VenvOptions = {}): Promise<Venv> {
  const folder = join(place.folder, "venv");
  const bin = join(folder, "bin");
  await execute(place.python, ["-m", "venv", folder]);
  const inside: Venv["run"] = (name, args, environment) =>
    execute(join(bin, name), args, {
      cwd: place.folder,
      maxBuffer: 64_000_000,
      env: { ...process.env, ...environment },
    });
  // Compiling all modules takes longer than compiling those that are imported.
  const install = ["install", "--quiet", "--disable-pip-version-check", "--no-compile"];
  install.push("--constraint", join(import.meta.dirname, "constraints.txt"));
  await inside("pip", [...install, ...packages], INSTALLING);
  const { withoutDependencies = [] } = options;
  if (withoutDependencies.length > 0)
    await inside("pip", [...install, "--no-deps", ...withoutDependencies], INSTALLING);
  return {
    bin,
    run: (name, args, environment) => inside(name, args, { ...RUNNING, ...environment }),
  };
}

export interface VenvOptions {
  /** Packages that are installed without what they depend on. */
  withoutDependencies?: string[];
}

/** The first Python that is 3.12 or newer and can make virtual environments: those on PATH, then those of pyenv. */
export function newEnoughPython(): string | undefined {
  const versions = join(homedir(), ".pyenv/versions");
  const installed = existsSync(versions)
    ? readdirSync(versions).map((version) => join(versions, version, "bin/python3"))
    : [];
  return ["python3.14", "python3.13", "python3.12", "python3", ...installed].find((candidate) => {
    try {
      const test = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))";
      execFileSync(candidate, ["-c", test], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}
