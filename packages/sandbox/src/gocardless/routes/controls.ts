import { z } from "zod";
import { ControlError } from "../../world/control-error.ts";
import { newApp, type SandboxApp } from "../../world/http.ts";
import { RETURN_ERRORS, type ReturnError } from "../consent/return-address.ts";
import {
  ACCOUNT_STATUSES,
  type ControlParts,
  REQUISITION_STATUSES,
  type SandboxControls,
} from "../controls.ts";
import { flatError } from "../errors/error-response.ts";
import { isNamedError } from "../errors/named-errors.ts";
import type { Fault } from "../fault.ts";
import { isOperation } from "../operations.ts";

/** In bytes: larger bodies of controls are rejected. Payloads of an account's transactions are the largest that are sent. */
export const LARGEST_CONTROL_BODY = 16_000_000;

const Span = z.strictObject({
  days: z.number().optional(),
  hours: z.number().optional(),
  minutes: z.number().optional(),
  seconds: z.number().optional(),
});

const TimeBody = Span.extend({ keepTokens: z.boolean().optional() });

const AuthoriseBody = z.strictObject({
  requisition: z.string(),
  outcome: z.enum(["linked", "cancelled", "rejected", "failed"]).default("linked"),
  accounts: z.union([z.int().min(0), z.array(z.int().min(0))]).optional(),
  error: z.string().refine(isReturnError, "is not an error that a redirect can carry").optional(),
  takesSeconds: z.number().min(0).optional(),
});

const FaultBody = z
  .strictObject({
    method: z.string().optional(),
    path: z.string().optional(),
    pathPattern: z.string().optional(),
    operation: z.string().refine(isOperation, "is not an operation of the service").optional(),
    account: z.string().optional(),
    times: z.int().min(1).optional(),
    probability: z.number().gt(0).max(1).optional(),
    seed: z.int().optional(),
    after: Span.optional(),
    lasting: Span.optional(),
    status: z.int().min(200).max(599).optional(),
    body: z.unknown().optional(),
    error: z.string().refine(isNamedError, "is not the name of an error response").optional(),
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
      context.addIssue({ code: "custom", message: "pathPattern is not a valid regular expression" });
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
const OfferedBody = z.strictObject({ offered: z.boolean() });
const AccountStatusBody = z.strictObject({ status: z.enum(ACCOUNT_STATUSES) });

const TransactionsBody = z.strictObject({
  booked: z.array(z.unknown()).default([]),
  pending: z.array(z.unknown()).default([]),
});

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
    const { requisition, ...decision } = await bodyOf(c.req.raw, AuthoriseBody);
    return c.json({ redirect: await attempt(() => controls.authorise(requisition, decision)) });
  });

  routes.post("/reconfirm", async (c) => {
    const { agreement, outcome, accounts } = await bodyOf(c.req.raw, ReconfirmBody);
    return c.json({ redirect: await attempt(() => controls.reconfirm(agreement, outcome, accounts)) });
  });

  routes.post("/time", async (c) => {
    const { keepTokens, ...span } = await bodyOf(c.req.raw, TimeBody);
    await attempt(() => controls.advanceTime(span, { keepTokens }));
    return c.json({ now: controls.now() });
  });

  routes.get("/faults", (c) => c.json(waiting.list()));

  routes.post("/faults", async (c) => {
    const fault = await bodyOf(c.req.raw, FaultBody);
    await attempt(() => controls.inject(fault));
    return c.json(waiting.list(), 201);
  });

  routes.put("/faults", async (c) => {
    const faults = await bodyOf(c.req.raw, z.array(FaultBody));
    await attempt(() => controls.setFaults(faults));
    return c.json(waiting.list());
  });

  routes.delete("/faults", (c) => {
    controls.clearFaults();
    return c.json([]);
  });

  routes.get("/limits", (c) => c.json(keptLimits()));

  routes.put("/limits", async (c) => {
    controls.setLimits(await bodyOf(c.req.raw, LimitsBody));
    return c.json(keptLimits());
  });

  routes.put("/requisitions/:id/status", async (c) => {
    const { status } = await bodyOf(c.req.raw, RequisitionStatusBody);
    await attempt(() => controls.setRequisitionStatus(c.req.param("id"), status));
    return c.json({ status });
  });

  routes.put("/accounts/:id/status", async (c) => {
    const { status } = await bodyOf(c.req.raw, AccountStatusBody);
    await attempt(() => controls.setAccountStatus(c.req.param("id"), status));
    return c.json({ status });
  });

  routes.delete("/accounts/:id/access", async (c) => {
    await attempt(() => controls.endAccess(c.req.param("id")));
    return c.json({ status: "EXPIRED" });
  });

  routes.put("/institutions/:id/offered", async (c) => {
    const { offered } = await bodyOf(c.req.raw, OfferedBody);
    const control = offered ? controls.offerBank : controls.withdrawBank;
    await attempt(() => control(c.req.param("id")));
    return c.json({ offered });
  });

  routes.get("/accounts/:id/truth", async (c) =>
    c.json(await attempt(() => controls.truth(c.req.param("id")))),
  );

  routes.put("/accounts/:id/transactions", async (c) => {
    const transactions = await bodyOf(c.req.raw, TransactionsBody);
    await attempt(() => controls.setTransactions(c.req.param("id"), transactions));
    return c.json(transactions);
  });

  return routes;
}

function isReturnError(name: string): name is ReturnError {
  return Object.hasOwn(RETURN_ERRORS, name);
}

/** The JSON body of a control. @throws ErrorResponse if it is not JSON, ControlError if it does not match the schema */
async function bodyOf<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const result = schema.safeParse(await json(request));
  if (result.success) return result.data;
  throw new ControlError(z.prettifyError(result.error));
}

async function json(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw flatError(400, "JSON parse error", "The body of a control request must be JSON.");
  }
}

/** Runs a control, and reports an error that it throws as a mistake of the caller, not of the sandbox. */
async function attempt<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new ControlError(error instanceof Error ? error.message : String(error));
  }
}
