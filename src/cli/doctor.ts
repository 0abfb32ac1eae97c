import { statSync } from "node:fs";
import { dirname } from "node:path";
import {
  cacheFile,
  canOthersWriteBeside,
  DEFAULT_CACHE_NAME,
  filesSetAside,
  type SetAside,
  whyUnusable,
} from "../cache/index.ts";
import {
  type Configuration,
  exposuresOf,
  isReadableByOthers,
  ownFile,
  surroundings,
} from "../config/index.ts";
import { AuthenticationError } from "../errors.ts";
import { removeAbandonedFiles } from "../store/private-file.ts";
import { version } from "../version.ts";
import { EXIT, explain } from "./failure.ts";
import { isForProgram } from "./output.ts";
import { withProgress } from "./progress.ts";
import { configurationFor, type GlobalOptions, openSession, sandboxFile } from "./session.ts";
import { styled, type Terminal } from "./terminal.ts";
import { counted } from "./words.ts";

/** One thing that was looked at. */
interface Finding {
  what: string;
  ok: boolean;
  /** What was found. */
  found: string;
  /** What to do about it. */
  next?: string | undefined;
}

/** A clock that is wrong by more than this, in milliseconds, misjudges when tokens and limits end. */
const CLOCK_TOLERANCE = 60_000;

/** Looks at everything that bankdata needs. @returns the exit code */
export async function doctor(terminal: Terminal, options: GlobalOptions): Promise<number> {
  const findings = await withProgress(terminal, "Looking", () => examine(terminal, options));
  if (options.jsonl) for (const one of findings) terminal.out.write(`${JSON.stringify(one)}\n`);
  else if (isForProgram(options)) terminal.out.write(`${JSON.stringify(findings, undefined, 2)}\n`);
  else {
    for (const { what, ok, found, next } of findings) {
      const mark = ok ? styled(terminal.out, "green", "✓") : styled(terminal.out, "red", "✗");
      terminal.out.write(`${mark} ${what}: ${found}\n`);
      if (next !== undefined) terminal.out.write(`  → ${next}\n`);
    }
  }
  return findings.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

async function examine(terminal: Terminal, options: GlobalOptions): Promise<Finding[]> {
  const findings: Finding[] = [
    {
      what: "Versions",
      ok: true,
      found: `bankdata ${version}, Node.js ${process.versions.node}, ${process.platform}`,
    },
  ];
  let configuration: Configuration;
  try {
    configuration = configurationFor(options);
  } catch (error) {
    const { message } = explain(error);
    return [
      ...findings,
      { what: "Configuration", ok: false, found: message, next: "Mend it and look again." },
    ];
  }
  findings.push(configurationFinding(configuration), ...credentialFindings(configuration, options));
  findings.push(...fileFindings(configuration, options), ...(await cacheFindings(configuration)));
  if (configuration.credentials !== null || options.sandbox)
    findings.push(...(await serviceFindings(terminal, options)));
  return findings;
}

function configurationFinding({ file, accounts }: Configuration): Finding {
  const found = file === null ? "no file; that is fine" : `${file}, ${accounts.length} accounts named`;
  return { what: "Configuration", ok: true, found };
}

function credentialFindings(configuration: Configuration, { sandbox }: GlobalOptions): Finding[] {
  const { credentials, sources, foreign } = configuration;
  if (sandbox) return [{ what: "Credentials", ok: true, found: "those of the sandbox" }];
  if (credentials === null) {
    return [{ what: "Credentials", ok: false, found: "none", next: "bankdata init" }];
  }
  const found = `from ${sources["secret_id"]} and ${sources["secret_key"]}`;
  const base = sources["base_url"];
  return [
    foreign.credentials === null
      ? { what: "Credentials", ok: true, found }
      : {
          what: "Credentials",
          ok: true,
          found: `${found}, in the current folder`,
          next: "Make sure that they are yours: whoever they belong to can read what you connect.",
        },
    ...(base === undefined ? [] : [{ what: "Base URL", ok: true, found: `from ${base}` }]),
  ];
}

/** Files with secrets or bank data are for their owner alone. */
function fileFindings(configuration: Configuration, { sandbox }: GlobalOptions): Finding[] {
  const files = sandbox ? [sandboxFile()] : [];
  return [...secretFileFindings(configuration), ...files.map(fileFinding)];
}

function fileFinding(path: string): Finding {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    return { what: "File", ok: true, found: `${path} is not there yet` };
  return isReadableByOthers(path, process.platform)
    ? { what: "File", ok: false, found: `${path} can be read by others`, next: `chmod 600 ${path}` }
    : { what: "File", ok: true, found: `${path}, yours alone` };
}

/** Files that hold credentials: who else can get at them, and what killed processes left beside them. */
function secretFileFindings({ credentialFiles, file, foreign }: Configuration): Finding[] {
  const written = new Set([ownFile(surroundings()), ...(file === null || foreign.file ? [] : [file])]);
  const leftBehind = [...written].flatMap((path): Finding[] => {
    const removed = removeAbandonedFiles(path);
    if (removed === 0) return [];
    const found = `${counted(removed, "temporary file")} of killed processes beside ${path}, removed now`;
    return [{ what: "Left behind", ok: true, found }];
  });
  return [
    ...credentialFiles.flatMap((path): Finding[] => {
      const exposures = exposuresOf(path, process.platform);
      if (exposures.length === 0) return [{ what: "File", ok: true, found: `${path}, yours alone` }];
      return exposures.map(({ path: at, problem, next }) => ({
        what: "File",
        ok: false,
        found: `${at} ${problem}`,
        next,
      }));
    }),
    ...leftBehind,
  ];
}

/** What keeps the cache from being kept, and what it has left behind. */
async function cacheFindings({ cache }: Configuration): Promise<Finding[]> {
  if (cache.backend === "memory") return [];
  const path = cacheFile(cache.cacheName ?? DEFAULT_CACHE_NAME);
  const reason = await whyUnusable(path);
  const findings: Finding[] = [
    reason === undefined
      ? fileFinding(path)
      : {
          what: "Cache",
          ok: false,
          found: `${path} cannot be used: ${reason}`,
          next: "Give back the rights to it, or name another file (BANKDATA_CACHE).",
        },
  ];
  if (canOthersWriteBeside(path)) {
    findings.push({
      what: "Cache",
      ok: false,
      found: `other users can write to ${dirname(path)}, and so replace the cache file`,
      next: `chmod go-w ${dirname(path)}`,
    });
  }
  const setAside = await filesSetAside(path);
  if (setAside.length > 0) findings.push(setAsideFinding(setAside));
  return findings;
}

/** Files that were set aside hold bank data for as long as nobody removes them. */
function setAsideFinding(files: readonly SetAside[]): Finding {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const [oldest] = files;
  const since =
    oldest === undefined ? "" : `, the oldest of ${new Date(oldest.writtenAt).toISOString().slice(0, 10)}`;
  const others = files.filter(({ ours }) => !ours).map(({ path }) => path);
  const look = others.length === 0 ? "" : `; look at what may be another program's: ${others.join(", ")}`;
  return {
    what: "Cache",
    ok: others.length === 0,
    found: `${counted(files.length, "file")} set aside, ${Math.ceil(bytes / 1000)} kB of bank data${since}`,
    next: `bankdata cache clear${look}`,
  };
}

/** Whether the service is there, takes the credentials, and has the same time. */
async function serviceFindings(terminal: Terminal, options: GlobalOptions): Promise<Finding[]> {
  await using session = await openSession(terminal, { ...options, verbose: false });
  const { client, now } = session;
  try {
    await client.token();
    const startedAt = Date.now();
    await client.getRequisitionsPaginated({ limit: 1, forceRefresh: true });
    const took = Date.now() - startedAt;
    const findings = [{ what: "Service", ok: true, found: `reached and logged in, answers in ${took} ms` }];
    return [...findings, ...(await clockFindings(session))];
  } catch (error) {
    const { message, next } = explain(error, undefined, now());
    const what = error instanceof AuthenticationError ? "Login" : "Service";
    return [
      {
        what,
        ok: false,
        found: message,
        next: what === "Login" ? next : "Check your network and the address.",
      },
    ];
  }
}

/** The service's clock, as its answers give it in their Date header. */
async function clockFindings({
  configuration,
  options,
  now,
}: Awaited<ReturnType<typeof openSession>>): Promise<Finding[]> {
  if (options.sandbox) return [{ what: "Clock", ok: true, found: "the sandbox's own" }];
  const { GoCardlessClient } = await import("../client/client.ts");
  const response = await fetch(configuration.baseUrl ?? GoCardlessClient.BASE_URL, {
    redirect: "manual",
  }).catch(() => undefined);
  await response?.body?.cancel();
  const theirs = Date.parse(response?.headers.get("date") ?? "");
  if (Number.isNaN(theirs)) return [{ what: "Clock", ok: true, found: "the service does not say its time" }];
  const apart = Math.abs(theirs - now());
  const found = `${Math.round(apart / 1000)} s apart from the service's`;
  return apart <= CLOCK_TOLERANCE
    ? [{ what: "Clock", ok: true, found }]
    : [
        {
          what: "Clock",
          ok: false,
          found,
          next: "Set this machine's clock: limits and tokens are counted by it.",
        },
      ];
}
