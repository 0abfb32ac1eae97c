import { join } from "node:path";
import { startSandbox } from "../../../packages/sandbox/src/index.ts";
import type { Place, Program } from "../program.ts";
import { venv } from "../python.ts";

/** The client of the service's own quick start in Python, through connect, list, balances, details, transactions, delete. */
export const nordigen: Program = {
  name: "nordigen 1.4.2",
  async run(place: Place) {
    const { run } = await venv(place, ["nordigen==1.4.2"]);
    await using sandbox = await startSandbox({ seed: 1 });
    const { secretId, secretKey } = sandbox.credentials;
    const { stdout } = await run("python", [join(import.meta.dirname, "nordigen-quick-start.py")], {
      BASE_URL: sandbox.baseUrl,
      SECRET_ID: secretId,
      SECRET_KEY: secretKey,
    });
    return stdout.trim();
  },
};
