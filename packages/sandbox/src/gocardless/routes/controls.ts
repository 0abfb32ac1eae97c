import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import { RETURN_ERRORS, type ReturnError } from "../../world/consent.ts";
import { ACCOUNT_STATUSES, REQUISITION_STATUSES, type SandboxControls } from "../../world/controls.ts";
import type { Fault } from "../../world/faults.ts";
import { isNamedError } from "../../world/named-errors.ts";
import { isOperation } from "../../world/operations.ts";
import { flat } from "../../world/refusal.ts";

const Span = z.strictObject({
  days: z.number().optional(),
  hours: z.number().optional(),
  minutes: z.number().optional(),
  seconds: z.number().optional(),
});

const AuthoriseBody = z.strictObject({
  requisition: z.string(),
  outcome: z.enum(["linked", "cancelled", "rejected", "failed"]).default("linked"),
  accounts: z.int().min(0).optional(),
  error: z.string().refine(isReturnError, "is none of the errors that a return carries").optional(),
  takesSeconds: z.number().min(0).optional(),
});

const FaultBody = z
  .strictObject({
    method: z.string().optional(),
    path: z.string().optional(),
    pathPattern: z.string().optional(),
    operation: z.string().refine(isOperation, "is none of the service's operations").optional(),
    account: z.string().optional(),
    times: z.int().min(1).optional(),
    probability: z.number().gt(0).max(1).optional(),
    seed: z.int().optional(),
    after: Span.optional(),
    lasting: Span.optional(),
    status: z.int().min(200).max(599).optional(),
    body: z.unknown().optional(),
    error: z.string().refine(isNamedError, "is no refusal that is known by name").optional(),
    redirect: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    contentType: z.string().optional(),
    delayMs: z.number().min(0).optional(),
    bytesPerSecond: z.number().min(1).optional(),
    drop: z.enum(["connection", "body"]).optional(),
  })
  .transform(({ pathPattern, ...fault }, context): Fault => {
    if (pathPattern === undefined) return fault;
    try {
      return { ...fault, path: new RegExp(pathPattern) };
    } catch {
      context.addIssue({ code: "custom", message: "pathPattern is no regular expression" });
      return z.NEVER;
    }
  });

const LimitBody = z.strictObject({
  calls: z.int().min(0),
  window: z.number().gt(0),
  period: z.string(),
});

const LimitsBody = z.union([
  z.boolean(),
  z
    .strictObject({
      accounts: LimitBody,
      institutions: LimitBody,
      read: LimitBody,
      write: LimitBody,
      tokenNew: LimitBody,
      tokenRefresh: LimitBody,
      account: LimitBody,
    })
    .partial(),
]);

const ReconfirmBody = z.strictObject({
  agreement: z.string(),
  outcome: z.enum(["reconfirmed", "rejected"]).default("reconfirmed"),
  accounts: z.array(z.string()).optional(),
});

const RequisitionStatusBody = z.strictObject({ status: z.enum(REQUISITION_STATUSES) });
const AccountStatusBody = z.strictObject({ status: z.enum(ACCOUNT_STATUSES) });

const TransactionsBody = z.strictObject({
  booked: z.array(z.unknown()).default([]),
  pending: z.array(z.unknown()).default([]),
});

/** The controls as JSON, for programs in other languages: the same as those of `startSandbox`. */
export function controlRoutes(controls: SandboxControls): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>();

  routes.get("/state", (c) => c.json(controls.state()));
  routes.get("/requests", (c) => c.json(controls.requests));

  routes.post("/authorise", async (c) => {
    const { requisition, ...decision } = checked(AuthoriseBody, await json(c.req.raw));
    return c.json({ redirect: await attempt(() => controls.authorise(requisition, decision)) });
  });

  routes.post("/reconfirm", async (c) => {
    const { agreement, outcome, accounts } = checked(ReconfirmBody, await json(c.req.raw));
    return c.json({ redirect: await attempt(() => controls.reconfirm(agreement, outcome, accounts)) });
  });

  routes.post("/time", async (c) => {
    const span = checked(Span, await json(c.req.raw));
    await attempt(() => controls.advanceTime(span));
    return c.json({ now: controls.now() });
  });

  routes.get("/faults", (c) => c.json(controls.faults()));

  routes.post("/faults", async (c) => {
    const fault = checked(FaultBody, await json(c.req.raw));
    await attempt(() => controls.inject(fault));
    return c.json(controls.faults(), 201);
  });

  routes.put("/faults", async (c) => {
    const faults = checked(z.array(FaultBody), await json(c.req.raw));
    await attempt(() => controls.setFaults(faults));
    return c.json(controls.faults());
  });

  routes.delete("/faults", (c) => {
    controls.clearFaults();
    return c.json([]);
  });

  routes.get("/limits", (c) => c.json(controls.limits()));

  routes.put("/limits", async (c) => {
    controls.setLimits(checked(LimitsBody, await json(c.req.raw)));
    return c.json(controls.limits());
  });

  routes.put("/requisitions/:id/status", async (c) => {
    const { status } = checked(RequisitionStatusBody, await json(c.req.raw));
    await attempt(() => controls.setRequisitionStatus(c.req.param("id"), status));
    return c.json({ status });
  });

  routes.put("/accounts/:id/status", async (c) => {
    const { status } = checked(AccountStatusBody, await json(c.req.raw));
    await attempt(() => controls.setAccountStatus(c.req.param("id"), status));
    return c.json({ status });
  });

  routes.get("/accounts/:id/truth", async (c) =>
    c.json(await attempt(() => controls.truth(c.req.param("id")))),
  );

  routes.put("/accounts/:id/transactions", async (c) => {
    const transactions = checked(TransactionsBody, await json(c.req.raw));
    await attempt(() => controls.setTransactions(c.req.param("id"), transactions));
    return c.json(transactions);
  });

  return routes;
}

function isReturnError(name: string): name is ReturnError {
  return Object.hasOwn(RETURN_ERRORS, name);
}

async function json(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw flat(400, "JSON parse error", "The body of a control must be JSON.");
  }
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw flat(400, "Invalid control", z.prettifyError(result.error));
}

/** What a control refuses is the caller's mistake, and told as such. */
async function attempt<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw flat(400, "Invalid control", error instanceof Error ? error.message : String(error));
  }
}
