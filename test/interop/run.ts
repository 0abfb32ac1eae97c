/**
 * Runs third-party programs against the sandbox: schemathesis over all operations of the specification, and the Python
 * clients nordigen and beancount-gocardless, unmodified except for their base URL. Needs Python 3.12 or newer with venv,
 * and access to the Python package index.
 *
 * npm run test:interop -- SPECIFICATION
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startSandbox } from "../../packages/sandbox/src/index.ts";

const PACKAGES = ["schemathesis==4.32.5", "nordigen==1.4.2", "beancount-gocardless==0.1.14"];
const NOW = "2026-11-23T09:00:00Z";
/** Requests that must succeed at least once: a run in which every request is rejected proves nothing. */
const MUST_SUCCEED = [
  ...["GET /institutions/", "GET /requisitions/", "GET /requisitions/ID/", "GET /agreements/enduser/"],
  ...["GET /agreements/enduser/ID/", "GET /accounts/ID/", "GET /accounts/ID/balances/"],
  ...["GET /accounts/ID/details/", "GET /accounts/ID/transactions/"],
];
const here = import.meta.dirname;
const run = promisify(execFile);

const [specification] = process.argv.slice(2);
if (specification === undefined || !existsSync(specification)) {
  console.error("Pass the path of the service's OpenAPI file: npm run test:interop -- FILE");
  process.exit(1);
}
const python = newEnoughPython();
if (python === undefined) {
  console.error("Python 3.12 or newer was not found: install it on PATH or with pyenv.");
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "bankdata-interop-"));
try {
  execFileSync(python, ["-m", "venv", join(folder, "venv")], { stdio: "inherit" });
  execFileSync(program("pip"), ["install", "--quiet", "--disable-pip-version-check", ...PACKAGES], {
    stdio: "inherit",
  });
  const results = [
    await check("schemathesis 4.32.5 over all operations", schemathesis),
    await check("nordigen 1.4.2", () => client("nordigen_client.py")),
    await check("beancount-gocardless 0.1.14", () => client("beancount_gocardless_client.py")),
  ];
  const failed = results.filter((passed) => !passed).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The first Python that is new enough: those on PATH, then those installed by pyenv. */
function newEnoughPython(): string | undefined {
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

function program(name: string): string {
  return join(folder, "venv/bin", name);
}

async function check(name: string, work: () => Promise<string>): Promise<boolean> {
  try {
    console.log(`✓ ${name}: ${await work()}`);
    return true;
  } catch (error) {
    const output = error instanceof Error && "stdout" in error ? `${error.stdout}` : "";
    const problems = error instanceof Error && "stderr" in error ? `${error.stderr}` : "";
    console.log(`✗ ${name}\n${output}\n${problems}\n${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** A sandbox with a connected bank, so that an id of every kind exists. */
async function connectedSandbox() {
  const sandbox = await startSandbox({ seed: 1, now: NOW, rateLimits: false });
  const { secretId: secret_id, secretKey: secret_key } = sandbox.credentials;
  const post = async (path: string, body: object, token = "") => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const response = await fetch(sandbox.baseUrl + path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return JSON.parse(await response.text());
  };
  const { access, refresh } = await post("/token/new/", { secret_id, secret_key });
  const wanted = { institution_id: "NATWEST_NWBKGB2L", max_historical_days: 60 };
  const agreement = await post("/agreements/enduser/", wanted, access);
  const redirect = "http://localhost/";
  const requisition = await post(
    "/requisitions/",
    { institution_id: "NATWEST_NWBKGB2L", agreement: agreement.id, redirect },
    access,
  );
  await sandbox.authorise(requisition.id, { outcome: "linked" });
  const account = sandbox.state().accounts[0]?.id;
  if (account === undefined) throw new Error("No account was linked.");
  return { sandbox, access, refresh, agreement: agreement.id, requisition: requisition.id, account };
}

/** schemathesis: no server error, no undocumented status, no response that breaks its schema. */
async function schemathesis(): Promise<string> {
  const made = await connectedSandbox();
  await using sandbox = made.sandbox;
  const known = { agreement: made.agreement, requisition: made.requisition, account: made.account };
  const { stdout } = await run(
    program("schemathesis"),
    [
      ...["run", resolve(specification ?? ""), "--url", new URL(sandbox.baseUrl).origin],
      ...["-H", `Authorization: Bearer ${made.access}`, "--max-examples", "50", "--seed", "2", "--no-color"],
      ...[
        "--checks",
        "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance",
      ],
    ],
    {
      cwd: folder,
      maxBuffer: 64_000_000,
      env: {
        ...process.env,
        PYTHONPATH: here,
        SCHEMATHESIS_HOOKS: "schemathesis_hooks",
        KNOWN_IDS: JSON.stringify(known),
      },
    },
  );
  const succeeded = new Set(
    sandbox.requests
      .filter(({ status }) => status === 200)
      .map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")}`),
  );
  const missing = MUST_SUCCEED.filter((one) => !succeeded.has(one));
  if (missing.length > 0)
    throw new Error(`These requests never returned status 200: ${missing.join(", ")}\n${stdout}`);
  const cases = /(\d+) generated, \1 passed/.exec(stdout)?.[1];
  if (cases === undefined) throw new Error(`Not every case passed.\n${stdout}`);
  return `${cases} cases passed, ${sandbox.requests.length} requests`;
}

/** One of the Python clients, through connect, list, balances, details, transactions, delete. */
async function client(script: string): Promise<string> {
  await using sandbox = await startSandbox({ seed: 1 }); // The clock follows real time, because these clients cannot use another one.
  const { secretId, secretKey } = sandbox.credentials;
  const { stdout } = await run(program("python"), [join(here, script)], {
    cwd: folder,
    env: { ...process.env, BASE_URL: sandbox.baseUrl, SECRET_ID: secretId, SECRET_KEY: secretKey },
  });
  return stdout.trim();
}
