import { z } from "zod";
import { checked, whyNotJson } from "../../world/checked.ts";
import { spanSchema } from "../../world/clock.ts";
import { asControlError, attempt, ControlError } from "../../world/control-error.ts";
import { bytesOf, newApp, type SandboxApp, type SandboxContext } from "../../world/http.ts";
import {
  accountIdList,
  accountStatus,
  advanceOptions,
  authorisationSchema,
  reconfirmationOutcome,
  requisitionStatus,
  transactionPayloads,
} from "../control-arguments.ts";
import type { ControlParts, SandboxControls } from "../controls.ts";
import { flatError } from "../errors/error-response.ts";
import { type Fault, faultSchema } from "../fault.ts";
import type { SomeLimits } from "../limits.ts";

/** In bytes: larger bodies of controls are rejected. Payloads of an account's transactions are the largest that are sent. */
export const LARGEST_CONTROL_BODY = 16_000_000;

const TimeBody = spanSchema.extend(advanceOptions.shape);

const AuthoriseBody = authorisationSchema.extend({
  requisition: z.string(),
  outcome: authorisationSchema.shape.outcome.default("linked"),
});

const LONGEST_PATTERN = 1000;

/** JSON has no regular expressions, so a fault has `pathPattern` for one. */
const FaultBody = faultSchema
  .extend({ path: z.string().optional(), pathPattern: z.string().max(LONGEST_PATTERN).optional() })
  .transform(({ pathPattern, ...fault }, context): Fault => {
    if (pathPattern === undefined) return fault;
    try {
      return { ...fault, path: new RegExp(pathPattern) };
    } catch {
      context.addIssue({
        code: "custom",
        path: ["pathPattern"],
        message: "is not a valid regular expression",
      });
      return z.NEVER;
    }
  });

const ReconfirmBody = z.strictObject({
  agreement: z.string(),
  outcome: reconfirmationOutcome.default("reconfirmed"),
  accounts: accountIdList,
});

const RequisitionStatusBody = z.strictObject({ status: requisitionStatus });
const AccountStatusBody = z.strictObject({ status: accountStatus });
const OfferedBody = z.strictObject({ offered: z.boolean() });

/** The controls over HTTP and in JSON, for programs in other languages. They are the same as those of `startSandbox`. */
export function controlRoutes(
  controls: SandboxControls,
  { faults: waiting, limits }: ControlParts,
): SandboxApp {
  const routes = newApp();
  const keptLimits = () => limits.limits ?? null;

  routes.get("/state", (c) => c.json(controls.state()));
  routes.get("/requests", (c) => c.json(controls.requests));

  routes.post("/authorise", async (c) => {
    const { requisition, ...decision } = await bodyOf(c, AuthoriseBody);
    const redirect = await controls.authorise(requisition, decision).catch((error: unknown) => {
      throw asControlError(error);
    });
    return c.json({ redirect });
  });

  routes.post("/reconfirm", async (c) => {
    const { agreement, outcome, accounts } = await bodyOf(c, ReconfirmBody);
    return c.json({ redirect: attempt(() => controls.reconfirm(agreement, outcome, accounts)) });
  });

  routes.post("/time", async (c) => {
    const { keepTokens, ...span } = await bodyOf(c, TimeBody);
    attempt(() => controls.advanceTime(span, { keepTokens }));
    return c.json({ now: controls.now() });
  });

  routes.get("/faults", (c) => c.json(waiting.list()));

  routes.post("/faults", async (c) => {
    const fault = await bodyOf(c, FaultBody);
    attempt(() => controls.inject(fault));
    return c.json(waiting.list(), 201);
  });

  routes.put("/faults", async (c) => {
    const faults = await bodyOf(c, z.array(FaultBody));
    attempt(() => controls.setFaults(faults));
    return c.json(waiting.list());
  });

  routes.delete("/faults", (c) => {
    controls.clearFaults();
    return c.json([]);
  });

  routes.get("/limits", (c) => c.json(keptLimits()));

  routes.put("/limits", async (c) => {
    const body = await bodyOf(c, z.unknown());
    attempt(() => controls.setLimits(limitsIn(body)));
    return c.json(keptLimits());
  });

  routes.put("/requisitions/:id/status", async (c) => {
    const { status } = await bodyOf(c, RequisitionStatusBody);
    attempt(() => controls.setRequisitionStatus(c.req.param("id"), status));
    return c.json({ status });
  });

  routes.put("/accounts/:id/status", async (c) => {
    const { status } = await bodyOf(c, AccountStatusBody);
    attempt(() => controls.setAccountStatus(c.req.param("id"), status));
    return c.json({ status });
  });

  routes.delete("/accounts/:id/access", (c) => {
    attempt(() => controls.endAccess(c.req.param("id")));
    return c.json({ status: "EXPIRED" });
  });

  routes.put("/institutions/:id/offered", async (c) => {
    const { offered } = await bodyOf(c, OfferedBody);
    const control = offered ? controls.offerBank : controls.withdrawBank;
    attempt(() => control(c.req.param("id")));
    return c.json({ offered });
  });

  routes.get("/accounts/:id/truth", (c) => c.json(attempt(() => controls.truth(c.req.param("id")))));

  routes.put("/accounts/:id/transactions", async (c) => {
    const { booked = [], pending = [] } = await bodyOf(c, transactionPayloads);
    attempt(() => controls.setTransactions(c.req.param("id"), { booked, pending }));
    return c.json({ booked, pending });
  });

  return routes;
}

/** The limits in a body. Their members are checked by the control. @throws TypeError if it cannot hold any */
function limitsIn(body: unknown): boolean | SomeLimits {
  if (typeof body === "boolean" || (typeof body === "object" && body !== null)) return body;
  throw new TypeError("The body must be true, false or an object with limits.");
}

/** The JSON body of a control. @throws ErrorResponse if it is too large or no JSON, ControlError if it does not match */
async function bodyOf<S extends z.ZodType>(c: SandboxContext, schema: S): Promise<z.output<S>> {
  const body = await json(c);
  return attempt(() => checked(schema, body, "the body"));
}

async function json(c: SandboxContext): Promise<unknown> {
  const bytes = await bytesOf(c, LARGEST_CONTROL_BODY);
  if (bytes === undefined) {
    const detail = `The body of a control may hold at most ${LARGEST_CONTROL_BODY} bytes.`;
    throw flatError(413, "Payload too large", detail);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw flatError(400, "JSON parse error", "The body of a control request must be JSON in UTF-8.");
  }
  const problem = whyNotJson(value);
  if (problem !== undefined) throw new ControlError(`The body ${problem}.`);
  return value;
}
