import { statSync } from "node:fs";
import { cacheFile } from "../cache/index.ts";
import { type Configuration, isReadableByOthers } from "../config/index.ts";
import { AuthenticationError } from "../errors.ts";
import { version } from "../version.ts";
import { EXIT, explain } from "./failure.ts";
import { printList } from "./output.ts";
import { line, type Printable } from "./printable.ts";
import { withProgress } from "./progress.ts";
import { configurationFor, type GlobalOptions, openSession, sandboxFile } from "./session.ts";
import { command } from "./shell-command.ts";
import { styled, type Terminal } from "./terminal.ts";

/** One thing that was looked at. */
interface Finding {
  what: Printable;
  ok: boolean;
  /** What was found. */
  found: Printable;
  /** What to do about it. */
  next?: Printable | undefined;
}

/** A clock that is wrong by more than this, in milliseconds, misjudges when tokens and limits end. */
const CLOCK_TOLERANCE = 60_000;

/** Looks at everything that bankdata needs. @returns the exit code */
export async function doctor(terminal: Terminal, options: GlobalOptions): Promise<number> {
  const findings = await withProgress(terminal, line`Looking`, () => examine(terminal, options));
  printList(terminal, options, findings, () => {
    for (const { what, ok, found, next } of findings) {
      const mark = ok ? styled("green", line`✓`) : styled("red", line`✗`);
      terminal.out.line(mark, line` ${what}: ${found}`);
      if (next !== undefined) terminal.out.line(line`  → `, next);
    }
  });
  return findings.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

async function examine(terminal: Terminal, options: GlobalOptions): Promise<Finding[]> {
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
      { what: line`Configuration`, ok: false, found: message, next: line`Mend it and look again.` },
    ];
  }
  findings.push(configurationFinding(configuration), ...credentialFindings(configuration, options));
  findings.push(...fileFindings(configuration, options));
  if (configuration.credentials !== null || options.sandbox)
    findings.push(...(await serviceFindings(terminal, options)));
  return findings;
}

function configurationFinding({ file, accounts }: Configuration): Finding {
  const found =
    file === null ? line`no file; that is fine` : line`${file}, ${accounts.length} accounts named`;
  return { what: line`Configuration`, ok: true, found };
}

function credentialFindings({ credentials, sources }: Configuration, { sandbox }: GlobalOptions): Finding[] {
  if (sandbox) return [{ what: line`Credentials`, ok: true, found: line`those of the sandbox` }];
  if (credentials === null) {
    return [{ what: line`Credentials`, ok: false, found: line`none`, next: line`bankdata init` }];
  }
  return [
    {
      what: line`Credentials`,
      ok: true,
      found: line`from ${sources["secret_id"] ?? ""} and ${sources["secret_key"] ?? ""}`,
    },
  ];
}

/** Files with secrets or bank data are for their owner alone. */
function fileFindings({ file, cache, sources }: Configuration, { sandbox }: GlobalOptions): Finding[] {
  const secretsIn = [sources["secret_id"], sources["secret_key"]].flatMap((source) => {
    const variables = / in (.+)$/.exec(source ?? "")?.[1];
    return variables ?? (source === file ? (file ?? []) : []);
  });
  const cacheAt = cacheFile(cache.cacheName ?? "gocardless");
  const files = [
    ...new Set(secretsIn),
    ...(cache.backend === "memory" ? [] : [cacheAt]),
    ...(sandbox ? [sandboxFile()] : []),
  ];
  return files.map((path) => {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there === undefined) return { what: line`File`, ok: true, found: line`${path} is not there yet` };
    const open = isReadableByOthers(path, process.platform);
    return open
      ? {
          what: line`File`,
          ok: false,
          found: line`${path} can be read by others`,
          next: command`chmod 600 ${path}`,
        }
      : { what: line`File`, ok: true, found: line`${path}, yours alone` };
  });
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
    const findings = [
      { what: line`Service`, ok: true, found: line`reached and logged in, answers in ${took} ms` },
    ];
    return [...findings, ...(await clockFindings(session))];
  } catch (error) {
    const { message, next } = explain(error, undefined, now());
    const isLogin = error instanceof AuthenticationError;
    return [
      {
        what: isLogin ? line`Login` : line`Service`,
        ok: false,
        found: message,
        next: isLogin ? next : line`Check your network and the address.`,
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
  if (options.sandbox) return [{ what: line`Clock`, ok: true, found: line`the sandbox's own` }];
  const { GoCardlessClient } = await import("../client/client.ts");
  const response = await fetch(configuration.baseUrl ?? GoCardlessClient.BASE_URL, {
    redirect: "manual",
  }).catch(() => undefined);
  await response?.body?.cancel();
  const theirs = Date.parse(response?.headers.get("date") ?? "");
  if (Number.isNaN(theirs))
    return [{ what: line`Clock`, ok: true, found: line`the service does not say its time` }];
  const apart = Math.abs(theirs - now());
  const found = line`${Math.round(apart / 1000)} s apart from the service's`;
  return apart <= CLOCK_TOLERANCE
    ? [{ what: line`Clock`, ok: true, found }]
    : [
        {
          what: line`Clock`,
          ok: false,
          found,
          next: line`Set this machine's clock: limits and tokens are counted by it.`,
        },
      ];
}
