import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";

/** A part of the sandbox's application. Each is made by a function that returns it, to be mounted where it belongs. */
export type SandboxApp = Hono<{ Bindings: HttpBindings }>;

/** The context of a request: Node's own request and response are at hand for what hono cannot do. */
export type SandboxContext = Context<{ Bindings: HttpBindings }>;

/** An empty part. */
export function newApp(): SandboxApp {
  return new Hono<{ Bindings: HttpBindings }>();
}
