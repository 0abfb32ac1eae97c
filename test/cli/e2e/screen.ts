import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { executable } from "./command.ts";

/** A command that runs in a pseudo-terminal, whose keys are pressed and whose screen is read through tmux. */
export class Screen implements Disposable {
  readonly #name = `bankdata-${randomUUID()}`;
  readonly #folder: string;

  /** @param columns the terminal's width */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string, columns = 100) {
    this.#folder = cwd;
    const variables = Object.entries({ ...env, TERM: "xterm-256color" }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const command = [process.execPath, executable, ...args].map((word) => `'${word}'`).join(" ");
    this.#tmux(
      ...["new-session", "-d", "-s", this.#name, "-x", String(columns), "-y", "40", "-c", cwd],
      ...["env", "-i", ...variables, "sh", "-c", `trap : INT; ${command}; echo "[ended with $?]"; sleep 600`],
      ...[";", "pipe-pane", "-O", "-t", this.#name, `cat > '${this.#recording}'`],
    );
  }

  get #recording(): string {
    return join(this.#folder, `${this.#name}.written`);
  }

  /** Everything that was written to the terminal, control sequences included. */
  written(): string {
    return readFileSync(this.#recording, "utf8");
  }

  /** The terminal's title. */
  title(): string {
    return this.#tmux("display-message", "-p", "-t", this.#name, "#{pane_title}");
  }

  /** Presses keys, by tmux's names for them: "Enter", "Down", "C-c"; or types a string. */
  press(...keys: readonly string[]): void {
    this.#tmux("send-keys", "-t", this.#name, ...keys);
  }

  /** Types a string letter by letter. */
  type(text: string): void {
    this.#tmux("send-keys", "-t", this.#name, "-l", text);
  }

  /** The text on the screen, without trailing spaces. */
  text(): string {
    return this.#tmux("capture-pane", "-p", "-J", "-t", this.#name).replaceAll(/ +$/gm, "").trimEnd();
  }

  /** Waits until the screen shows a string. @returns the screen */
  async showing(wanted: string | RegExp): Promise<string> {
    await expect.poll(() => this.text(), { timeout: 30_000, interval: 50 }).toMatch(wanted);
    return this.text();
  }

  /** Everything that was shown, its lines as the terminal wrapped them. */
  history(): string {
    return this.#tmux("capture-pane", "-p", "-S", "-", "-t", this.#name).replaceAll(/ +$/gm, "").trimEnd();
  }

  /** Everything that was shown, wrapped lines joined. */
  unwrapped(): string {
    return this.#tmux("capture-pane", "-p", "-J", "-S", "-", "-t", this.#name)
      .replaceAll(/ +$/gm, "")
      .trimEnd();
  }

  /** The screen with its colours, as escape sequences. */
  coloured(): string {
    return this.#tmux("capture-pane", "-p", "-e", "-t", this.#name);
  }

  [Symbol.dispose](): void {
    this.#tmux("kill-server");
  }

  #tmux(...args: readonly string[]): string {
    // Each screen has a tmux server of its own, so that it does not depend on other tests or on a tmux in use.
    return execFileSync("tmux", ["-L", this.#name, "-f", "/dev/null", ...args], {
      encoding: "utf8",
      env: { ...process.env, TMUX_TMPDIR: this.#folder },
    });
  }
}
