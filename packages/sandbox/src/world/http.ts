import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";

/** A part of the sandbox's application, to be mounted under a path. */
export type SandboxApp = Hono<{ Bindings: HttpBindings }>;

/** The context of a request, with Node's own request and response for what hono cannot do. */
export type SandboxContext = Context<{ Bindings: HttpBindings }>;

/** An empty part. */
export function newApp(): SandboxApp {
  return new Hono<{ Bindings: HttpBindings }>();
}
