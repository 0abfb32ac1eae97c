import { join } from "node:path";
import { plainClient } from "../../sandbox/plain-client.ts";
import type { Place, Program } from "../program.ts";
import { venv } from "../python.ts";

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
    // With a connected bank, so that an id of every kind exists.
    await using client = await plainClient({ rateLimits: false });
    const { sandbox } = client;
    const { id, agreement, accounts } = await client.connect("NATWEST_NWBKGB2L", { max_historical_days: 60 });
    const before = sandbox.requests.length;
    const { stdout } = await run(
      "schemathesis",
      [
        ...["run", place.specification, "--url", new URL(sandbox.baseUrl).origin],
        ...["-H", `Authorization: Bearer ${client.token()}`],
        ...["--max-examples", "50", "--seed", "2", "--no-color"],
        ...["--checks", CHECKS],
      ],
      {
        PYTHONPATH: join(import.meta.dirname, "schemathesis"),
        SCHEMATHESIS_HOOKS: "schemathesis_hooks",
        KNOWN_IDS: JSON.stringify({ agreement, requisition: id, account: accounts[0] }),
      },
    );
    const requests = sandbox.requests.slice(before);
    const succeeded = new Set(
      requests
        .filter(({ status }) => status === 200)
        .map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")}`),
    );
    const missing = MUST_SUCCEED.filter((one) => !succeeded.has(one));
    if (missing.length > 0)
      throw new Error(`These requests never returned status 200: ${missing.join(", ")}\n${stdout}`);
    const cases = /(\d+) generated, \1 passed/.exec(stdout)?.[1];
    if (cases === undefined) throw new Error(`Not every case passed.\n${stdout}`);
    return `all operations, ${cases} cases passed, ${requests.length} requests`;
  },
};
