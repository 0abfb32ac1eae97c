import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import { basicAuth } from "hono/basic-auth";
import { isForKnownHost, isFromForeignPage, isLocal } from "../world/access.ts";
import type { SandboxContext } from "../world/http.ts";
import { flatError } from "./errors/error-response.ts";

/** Who may reach what. */
export interface AccessRules {
  /** Host names to accept in addition to those of the loopback interface and the addresses of this machine. */
  hosts: readonly string[];
  /** With which the controls can be reached from other machines; undefined if they cannot be. */
  controlKey: string | undefined;
}

/** The user name that belongs to the key of the controls. */
const USER = "sandbox";

/** @throws ErrorResponse if a request is for an unknown host, or from a web page of another one */
export function rejectForeigners(c: SandboxContext, { hosts }: AccessRules): void {
  if (!isForKnownHost(c, hosts))
    throw flatError(
      403,
      "Foreign host",
      "The sandbox only accepts requests to the loopback interface, to addresses of its machine, and to the host names in its option allowHosts.",
    );
  if (isFromForeignPage(c))
    throw flatError(
      403,
      "Foreign origin",
      "The sandbox does not accept requests from web pages of another origin.",
    );
}

/** Lets requests from this machine through, and others only with the key: they can read and change everything. */
export function controlAccess(key: string | undefined): MiddlewareHandler<{ Bindings: HttpBindings }> {
  if (key === undefined)
    return async (c, next) => {
      if (!isLocal(c))
        throw flatError(
          403,
          "Controls not reachable",
          "The controls can only be reached from the sandbox's own machine, at its loopback interface and through no proxy, unless it is started with a controlKey.",
        );
      await next();
    };
  const invalidUserMessage = flatError(
    401,
    "Control key needed",
    `The controls can be reached from other machines with HTTP Basic authentication: the user name "${USER}" and the control key as password.`,
  ).body;
  const withKey = basicAuth({ username: USER, password: key, realm: "bankdata sandbox", invalidUserMessage });
  return async (c, next) => (isLocal(c) ? await next() : await withKey(c, next));
}
