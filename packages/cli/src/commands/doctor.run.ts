import { statSync } from "node:fs";
import { dirname } from "node:path";
import { AuthenticationError, version } from "bankdata-core/base";
import { cacheFile, filesSetAside, whyUnusable } from "bankdata-core/cache";
import {
  canOthersWriteBeside,
  removeAbandonedFiles,
  type SetAside,
  whyFolderUnwritable,
} from "bankdata-core/store";
import {
  type Configuration,
  exposuresOf,
  isReadableByOthers,
  type Origin,
  originText,
  ownFile,
  surroundings,
} from "../config/index.ts";
import { configurationFor, sandboxFile } from "../session/configured.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import { openSession, type Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { counted, formatSpan } from "../ui/format.ts";
import { printList } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { command } from "../ui/shell-command.ts";
import { styled, type Terminal } from "../ui/terminal.ts";
import { archiveFindings } from "./doctor.archive.ts";
import type { Finding } from "./doctor.finding.ts";

/** A clock that is off by more than this, in milliseconds, misjudges when tokens and limits end. */
const CLOCK_TOLERANCE = 60_000;

/** Checks everything that bankdata needs. @returns the exit code */
export async function doctor(terminal: Terminal, options: GlobalOptions): Promise<number> {
  const findings = await withProgress(terminal, line`Checking`, () => check(terminal, options));
  printList(terminal, options, findings, () => {
    for (const { what, ok, found, next } of findings) {
      const mark = ok ? styled("green", line`✓`) : styled("red", line`✗`);
      terminal.out.line(mark, line` ${what}: ${found}`);
      if (next !== undefined) terminal.out.line(line`  → `, next);
    }
  });
  return findings.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

async function check(terminal: Terminal, options: GlobalOptions): Promise<Finding[]> {
  const findings: Finding[] = [
    {
      what: line`Versions`,
      ok: true,
      found: line`bankdata ${version}, Node.js ${process.versions.node}, ${process.platform}`,
    },
  ];
  let configuration: Configuration;
  try {
    configuration = configurationFor(options);
  } catch (error) {
    const { message } = explain(error);
    return [
      ...findings,
      {
        what: line`Configuration`,
        ok: false,
        found: message,
        next: line`Fix it and run bankdata doctor again.`,
      },
    ];
  }
  findings.push(configurationFinding(configuration), ...unusedFindings(configuration));
  findings.push(...credentialFindings(configuration, options));
  findings.push(...fileFindings(configuration, options), ...(await cacheFindings(configuration)));
  findings.push(...(await archiveFindings(configuration, options)));
  if (configuration.credentials !== null || options.sandbox)
    findings.push(...(await serviceFindings(terminal, options)));
  return findings;
}

function configurationFinding({ file, accounts }: Configuration): Finding {
  const found =
    file === null
      ? line`no file; none is needed`
      : line`${file}, ${counted(accounts.length, "account")} named`;
  return { what: line`Configuration`, ok: true, found };
}

/** Keys that are understood and have no effect yet. */
function unusedFindings({ unused }: Configuration): Finding[] {
  if (unused.length === 0) return [];
  const keys = unused.map(({ key, place }) => `${key} (${place})`).join(", ");
  return [{ what: line`Configuration`, ok: true, found: line`not used yet: ${keys}` }];
}

function credentialFindings(configuration: Configuration, { sandbox }: GlobalOptions): Finding[] {
  const { credentials, sources, foreign } = configuration;
  if (sandbox) return [{ what: line`Credentials`, ok: true, found: line`those of the sandbox` }];
  if (credentials === null) {
    return [{ what: line`Credentials`, ok: false, found: line`none`, next: line`bankdata init` }];
  }
  const { secret_id, secret_key, base_url } = sources;
  const found = line`from ${shownOrigin(secret_id)} and ${shownOrigin(secret_key)}`;
  return [
    foreign.credentials.length === 0
      ? { what: line`Credentials`, ok: true, found }
      : {
          what: line`Credentials`,
          ok: true,
          found: line`${found}, in the current folder`,
          next: line`Make sure that they are yours: whoever owns them can read the accounts that you connect.`,
        },
    ...(base_url === undefined
      ? []
      : [{ what: line`Base URL`, ok: true, found: line`from ${originText(base_url)}` }]),
  ];
}

function shownOrigin(origin: Origin | undefined): string {
  return origin === undefined ? "" : originText(origin);
}

/** Files with secrets or bank data are for their owner alone. */
function fileFindings(configuration: Configuration, { sandbox }: GlobalOptions): Finding[] {
  const files = sandbox ? [sandboxFile()] : [];
  return [
    ...secretFileFindings(configuration),
    ...files.map(fileFinding),
    ...folderFindings([ownFile(surroundings()), sandboxFile()]),
  ];
}

/** Folders in which `init` and the sandbox cannot write what they keep. */
function folderFindings(files: readonly string[]): Finding[] {
  return files.flatMap((path): Finding[] => {
    const reason = whyFolderUnwritable(path);
    if (reason === undefined) return [];
    const next = line`Make the folder writable, or name another one (XDG_CONFIG_HOME, XDG_STATE_HOME).`;
    return [
      { what: line`Folder`, ok: false, found: line`${dirname(path)} cannot be written: ${reason}`, next },
    ];
  });
}

function fileFinding(path: string): Finding {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    return { what: line`File`, ok: true, found: line`${path} does not exist yet` };
  return isReadableByOthers(path, process.platform)
    ? {
        what: line`File`,
        ok: false,
        found: line`${path} can be read by others`,
        next: command`chmod 600 ${path}`,
      }
    : { what: line`File`, ok: true, found: line`${path}, readable only by you` };
}

/** Who else can read or replace files with credentials, and what killed processes left next to them. */
function secretFileFindings({ credentialFiles, file, foreign }: Configuration): Finding[] {
  const written = new Set([ownFile(surroundings()), ...(file === null || foreign.file ? [] : [file])]);
  const leftBehind = [...written].flatMap((path): Finding[] => {
    const removed = removeAbandonedFiles(path);
    if (removed === 0) return [];
    const found = line`removed ${counted(removed, "temporary file")} of killed processes next to ${path}`;
    return [{ what: line`Left behind`, ok: true, found }];
  });
  return [
    ...credentialFiles.flatMap((path): Finding[] => {
      const exposures = exposuresOf(path, process.platform);
      if (exposures.length === 0)
        return [{ what: line`File`, ok: true, found: line`${path}, readable only by you` }];
      return exposures.map(({ path: at, problem, mode }) => ({
        what: line`File`,
        ok: false,
        found: line`${at} ${problem}`,
        next:
          mode === null
            ? line`Keep the credentials in a file and a folder of your own.`
            : command`chmod ${mode} ${at}`,
      }));
    }),
    ...leftBehind,
  ];
}

/** What keeps the cache from working, and which files were set aside. */
async function cacheFindings({ cache }: Configuration): Promise<Finding[]> {
  if (cache.backend === "memory") return [];
  const path = cacheFile(cache.cacheName);
  const reason = await whyUnusable(path);
  const findings: Finding[] = [
    reason === undefined
      ? fileFinding(path)
      : {
          what: line`Cache`,
          ok: false,
          found: line`${path} cannot be used: ${reason}`,
          next: line`Restore access to it, or name another file (BANKDATA_CACHE).`,
        },
  ];
  if (canOthersWriteBeside(path)) {
    findings.push({
      what: line`Cache`,
      ok: false,
      found: line`other users can write to ${dirname(path)}, and could replace the cache file`,
      next: command`chmod go-w ${dirname(path)}`,
    });
  }
  const setAside = await filesSetAside(path);
  if (setAside.length > 0) findings.push(setAsideFinding(setAside));
  return findings;
}

/** Files that were set aside contain bank data until somebody removes them. */
function setAsideFinding(files: readonly SetAside[]): Finding {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const [oldest] = files;
  const since =
    oldest === undefined ? "" : `, the oldest from ${new Date(oldest.writtenAt).toISOString().slice(0, 10)}`;
  const others = files.filter(({ ours }) => !ours).map(({ path }) => path);
  const look = others.length === 0 ? "" : `; check what may belong to another program: ${others.join(", ")}`;
  return {
    what: line`Cache`,
    ok: others.length === 0,
    found: line`${counted(files.length, "file")} set aside, ${Math.ceil(bytes / 1000)} kB of bank data${since}`,
    next: line`bankdata cache clear${look}`,
  };
}

/** Whether the service can be reached, accepts the credentials, and has the same time. */
async function serviceFindings(terminal: Terminal, options: GlobalOptions): Promise<Finding[]> {
  await using session = await openSession(terminal, { ...options, verbose: false });
  try {
    await session.login();
    const startedAt = Date.now();
    await session.ping();
    const took = Date.now() - startedAt;
    const findings = [
      { what: line`Service`, ok: true, found: line`login succeeded, responds in ${took} ms` },
    ];
    return [...findings, ...(await clockFindings(session))];
  } catch (error) {
    const { message, next } = explain(error, undefined, session.now());
    const isLogin = error instanceof AuthenticationError;
    return [
      {
        what: isLogin ? line`Login` : line`Service`,
        ok: false,
        found: message,
        next: isLogin ? next : line`Check your network and the base URL.`,
      },
    ];
  }
}

/** The service's clock, from the Date header of a response. */
async function clockFindings({ configuration, options, now }: Session): Promise<Finding[]> {
  if (options.sandbox) return [{ what: line`Clock`, ok: true, found: line`the sandbox's own` }];
  const { GoCardlessClient } = await import("bankdata-core");
  const response = await fetch(configuration.baseUrl ?? GoCardlessClient.BASE_URL, {
    redirect: "manual",
  }).catch(() => undefined);
  await response?.body?.cancel();
  const theirs = Date.parse(response?.headers.get("date") ?? "");
  if (Number.isNaN(theirs))
    return [{ what: line`Clock`, ok: true, found: line`the service does not send its time` }];
  const apart = Math.abs(theirs - now());
  // The header has whole seconds.
  const found =
    Math.round(apart / 1000) <= 1
      ? line`within 1 s of the service's clock`
      : line`differs from the service's clock by ${formatSpan(apart)}`;
  return apart <= CLOCK_TOLERANCE
    ? [{ what: line`Clock`, ok: true, found }]
    : [
        {
          what: line`Clock`,
          ok: false,
          found,
          next: line`Set this machine's clock: limits and tokens depend on it.`,
        },
      ];
}
