import type { BegunConnection } from "../../../packages/core/src/bank/index.ts";
import { obtainConsent } from "../../../packages/core/src/connect/index.ts";
import { BANK, SessionService, sessionProvider } from "./session-provider.ts";

/**
 * Connects a bank with the usual clock and timer, prints the outcome, and leaves nothing that keeps the process alive.
 */
const outcome = process.argv[2];
const service = new SessionService([]);
let begun: BegunConnection | undefined;

const result = await obtainConsent(
  sessionProvider(service, { polls: outcome !== "linked" }),
  BANK,
  { returnTo: "http://localhost:8000/" },
  {
    show: (link) => {
      begun = link;
    },
    returned: async (_, signal) => {
      if (begun === undefined) throw new Error("no link was shown");
      if (outcome === "linked") return service.agree(begun);
      if (outcome === "refused") return service.refuse(begun);
      if (outcome === "failing") throw new Error("the port is taken");
      return await new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    },
    progress: (connection) => {
      if (connection !== undefined && outcome !== "refused") service.find(connection.id).state = "active";
    },
    // A wait without a return takes a moment, and one that a return ends would take far longer.
    pollInterval: outcome === "linked" || outcome === "refused" ? 600_000 : 10,
  },
).catch((error: unknown) => (error instanceof Error ? error : new Error("odd")));
process.stdout.write(`${result instanceof Error ? result.name : result.state}\n`);
