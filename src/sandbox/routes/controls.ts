import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import type { SandboxControls } from "../controls.ts";
import { flat } from "../refusal.ts";

const Span = z.strictObject({
  days: z.number().optional(),
  hours: z.number().optional(),
  minutes: z.number().optional(),
  seconds: z.number().optional(),
});

const AuthoriseBody = z.strictObject({
  requisition: z.string(),
  outcome: z.enum(["linked", "cancelled", "rejected"]).default("linked"),
  accounts: z.int().min(0).optional(),
});

const FaultBody = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  pathPattern: z.string().optional(),
  times: z.int().min(1).optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.number().min(0).optional(),
  drop: z.enum(["connection", "body"]).optional(),
});

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

  routes.post("/time", async (c) => {
    const span = checked(Span, await json(c.req.raw));
    await attempt(() => controls.advanceTime(span));
    return c.json({ now: controls.now() });
  });

  routes.get("/faults", (c) => c.json(controls.faults()));

  routes.post("/faults", async (c) => {
    const { pathPattern, ...fault } = checked(FaultBody, await json(c.req.raw));
    await attempt(() =>
      controls.inject(pathPattern === undefined ? fault : { ...fault, path: new RegExp(pathPattern) }),
    );
    return c.json(controls.faults(), 201);
  });

  routes.delete("/faults", (c) => {
    controls.clearFaults();
    return c.json([]);
  });

  routes.put("/accounts/:id/transactions", async (c) => {
    const transactions = checked(TransactionsBody, await json(c.req.raw));
    await attempt(() => controls.setTransactions(c.req.param("id"), transactions));
    return c.json(transactions);
  });

  return routes;
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
