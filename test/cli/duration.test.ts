import { expect, it } from "vitest";
import { sshHint } from "../../packages/cli/src/connect/over-ssh.ts";
import { CommandLine } from "../../packages/cli/src/ui/command-line.ts";
import { duration } from "../../packages/cli/src/ui/duration.ts";

const timeout = duration(new CommandLine("connect"), "--timeout");

it.each([
  ["45", 2_700_000],
  ["45m", 2_700_000],
  ["90s", 90_000],
  ["2H", 7_200_000],
  [" 1 ", 60_000],
  ["24h", 86_400_000],
])("the duration %j is %d milliseconds", (text, milliseconds) => expect(timeout(text)).toBe(milliseconds));

it.each(["", "0", "0s", "-5", "1.5", "5 min", "25h", "1441", "1d", "x", "Infinity", "1e3", "9999999999"])(
  "%j is not a duration",
  (text) =>
    expect(() => timeout(text)).toThrow(
      `--timeout must be a number of minutes, or a duration such as 90s, 45m or 2h, of at most 24h, not "${text}".`,
    ),
);

it("over SSH, the link comes with what the browser will show, or how to reach a page of this machine", () => {
  const bank = "https://ob.example/link";
  expect(sshHint(bank, {})).toBeUndefined();
  expect(sshHint(bank, { SSH_TTY: "" })).toBeUndefined();
  for (const env of [{ SSH_CONNECTION: "10.0.0.2 5 10.0.0.1 22" }, { SSH_TTY: "/dev/pts/1" }]) {
    expect(sshHint(bank, env)).toContain("shows a page of 127.0.0.1 that does not load");
    for (const host of ["127.0.0.1", "localhost"])
      expect(sshHint(`http://${host}:4010/psd2/start/1`, env)).toContain("ssh -L 4010:127.0.0.1:4010 HOST");
  }
});
