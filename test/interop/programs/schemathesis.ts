import { join } from "node:path";
import { startSandbox } from "../../../packages/sandbox/src/index.ts";
import type { Place, Program } from "../program.ts";
import { venv } from "../python.ts";

const NOW = "2026-11-23T09:00:00Z";
/** Requests that must succeed at least once: a run in which every request is rejected proves nothing. */
const MUST_SUCCEED = [
  ...["GET /institutions/", "GET /requisitions/", "GET /requisitions/ID/", "GET /agreements/enduser/"],
  ...["GET /agreements/enduser/ID/", "GET /accounts/ID/", "GET /accounts/ID/balances/"],
  ...["GET /accounts/ID/details/", "GET /accounts/ID/transactions/"],
];
const CHECKS =
  "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance";

/** All operations of the specification: no server error, no undocumented status, no response that breaks its schema. */
export const schemathesis: Program = {
  name: "schemathesis 4.32.5",
  async run(place: Place) {
    const { run } = await venv(place, ["schemathesis==4.32.5"]);
    const made = await connectedSandbox();
    await using sandbox = made.sandbox;
    const { agreement, requisition, account } = made;
    const { stdout } = await run(
      "schemathesis",
      [
        ...["run", place.specification, "--url", new URL(sandbox.baseUrl).origin],
        ...[
          "-H",
          `Authorization: Bearer ${made.access}`,
          "--max-examples",
          "50",
          "--seed",
          "2",
          "--no-color",
        ],
        ...["--checks", CHECKS],
      ],
      {
        PYTHONPATH: join(import.meta.dirname, "schemathesis"),
        SCHEMATHESIS_HOOKS: "schemathesis_hooks",
        KNOWN_IDS: JSON.stringify({ agreement, requisition, account }),
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
    return `all operations, ${cases} cases passed, ${sandbox.requests.length} requests`;
  },
};

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
