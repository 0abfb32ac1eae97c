import { join } from "node:path";
import { startSandbox } from "../../../packages/sandbox/src/index.ts";
import type { Place, Program } from "../program.ts";
import { venv } from "../python.ts";

/** The reference client, through connect, list, balances, details, transactions, delete. */
export const beancountGocardless: Program = {
  name: "beancount-gocardless 0.1.14",
  async run(place: Place) {
    const { run } = await venv(place, ["beancount-gocardless==0.1.14"]);
    await using sandbox = await startSandbox({ seed: 1 });
    const { secretId, secretKey } = sandbox.credentials;
    const { stdout } = await run("python", [join(import.meta.dirname, "beancount-gocardless-client.py")], {
      BASE_URL: sandbox.baseUrl,
      SECRET_ID: secretId,
      SECRET_KEY: secretKey,
    });
    return stdout.trim();
  },
};
