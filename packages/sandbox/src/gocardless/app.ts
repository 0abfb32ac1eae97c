import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { consentPage } from "../pages/consent-page.ts";
import { overviewPage } from "../pages/overview-page.ts";
import { reconfirmationPage } from "../pages/reconfirmation-page.ts";
import { finishLinks } from "../world/consent.ts";
import type { SandboxControls } from "../world/controls.ts";
import { familyOf, type LimitBook, type LimitHeaders } from "../world/limits.ts";
import type { Permissions } from "../world/permissions.ts";
import { flat, invalidToken, methodNotAllowed, noCredentials, notFound, Refusal } from "../world/refusal.ts";
import type { SandboxState } from "../world/state.ts";
import { ACCOUNT_FAILURES, countFailure } from "../world/suspension.ts";
import { cutConnection, faultyResponse, touchedUp } from "./faulty-response.ts";
import type { SandboxContext } from "./request.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { agreementRoutes } from "./routes/agreements.ts";
import { controlRoutes } from "./routes/controls.ts";
import { institutionRoutes } from "./routes/institutions.ts";
import { reconfirmationRoutes } from "./routes/reconfirmations.ts";
import { requisitionRoutes } from "./routes/requisitions.ts";
import { tokenRoutes } from "./routes/tokens.ts";

const BASE = "/api/v2";

/** What the application is put together from. */
export interface AppParts {
  state: SandboxState;
  controls: SandboxControls;
  credentials: { secretId: string; secretKey: string };
  limits: LimitBook;
  /** Told after each request that may have changed what is remembered, beyond counting and dating calls. */
  changed: () => void;
  permissions: Permissions;
  /** Host names under which requests are taken, beside those of the loopback interface. */
  hosts: readonly string[];
}

/** The whole sandbox as one hono application. */
export function sandboxApp(parts: AppParts): Hono<{ Bindings: HttpBindings }> {
  const { state, controls } = parts;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => answerError(c, error));
  app.notFound((c) => answerError(c, notFound()));
  app.use(async (c, next) => {
    await next();
    const path = c.req.path.startsWith(`${BASE}/`) ? c.req.path.slice(BASE.length) : c.req.path;
    const status = c.env.incoming.socket.destroyed && !c.env.outgoing.headersSent ? 0 : c.res.status;
    if (c.req.method !== "GET" && c.req.method !== "HEAD") parts.changed();
    if (!path.startsWith("/_sandbox/") && path !== "/") {
      controls.log({ method: c.req.method, path, query: c.req.query(), status, at: state.clock.iso() });
    }
  });
  app.use(async (c, next) => {
    refuseForeigners(c, parts.hosts);
    await next();
  });
  app.route("/", consentPage(state));
  app.route("/", reconfirmationPage(state));
  app.route("/", overviewPage(state, controls, parts.credentials));
  app.route("/_sandbox", controlRoutes(controls));
  app.route(BASE, serviceApi(parts));
  return app;
}

function serviceApi(parts: AppParts): Hono<{ Bindings: HttpBindings }> {
  const { state, controls, permissions, limits } = parts;
  const api = new Hono<{ Bindings: HttpBindings }>();
  api.use(async (c, next) => {
    const path = c.req.path.slice(BASE.length);
    finishLinks(state);
    const fault = controls.takeFault(c.req.method, path);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const instead = fault && faultyResponse(fault, path);
    if (instead === undefined) {
      authenticate(c, state, path);
      setGeneralHeaders(c, limits, path, state.clock.now());
      await next();
      setAccountHeaders(c, limits, path, state.clock.now());
    } else {
      c.res = instead.response;
      if (ACCOUNT_FAILURES.test(path)) countFailure(state, path, instead.body);
    }
    if (fault !== undefined) {
      c.res = touchedUp(c.res, fault);
      await cutConnection(c, fault);
    }
  });
  tokenRoutes(api, state, parts.credentials);
  institutionRoutes(api, state);
  agreementRoutes(api, state, permissions);
  reconfirmationRoutes(api, state, permissions);
  requisitionRoutes(api, state);
  accountRoutes(api, state, limits);
  const paths = new Set(api.routes.filter((route) => route.method !== "ALL").map((route) => route.path));
  for (const path of paths) {
    api.all(path, (c) => {
      throw methodNotAllowed(c.req.method);
    });
    // The service's framework sends whoever leaves out the last slash to the address with it, by any method.
    api.all(path.replace(/\/$/, ""), (c) => c.redirect(`${c.req.path}/${new URL(c.req.url).search}`, 301));
  }
  return api;
}

function authenticate(c: SandboxContext, state: SandboxState, path: string): void {
  if (path.startsWith("/token/")) return;
  const header = c.req.header("authorization");
  if (header === undefined) throw noCredentials();
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  if (token === undefined || !state.isTokenValid(token, "access")) throw invalidToken();
}

function setGeneralHeaders(c: SandboxContext, limits: LimitBook, path: string, now: number): void {
  const family = familyOf(c.req.method, path);
  try {
    setHeaders(c, "HTTP_X_RATELIMIT_", limits.countGeneral(family, now));
  } catch (error) {
    setHeaders(c, "HTTP_X_RATELIMIT_", limits.generalHeaders(family, now));
    throw error;
  }
}

function setAccountHeaders(c: SandboxContext, limits: LimitBook, path: string, now: number): void {
  const [, id, kind] = ACCOUNT_FAILURES.exec(path) ?? [];
  if (id === undefined || kind === undefined || (c.res.status !== 200 && c.res.status !== 429)) return;
  setHeaders(c, "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_", limits.accountHeaders(id, kind, now));
}

/** Set on Node's response, which sends a name in the letters it was given; a Headers object would make them small. */
function setHeaders(c: SandboxContext, prefix: string, headers: LimitHeaders | undefined): void {
  if (headers === undefined) return;
  c.env.outgoing.setHeader(`${prefix}LIMIT`, headers.limit);
  c.env.outgoing.setHeader(`${prefix}REMAINING`, headers.remaining);
  c.env.outgoing.setHeader(`${prefix}RESET`, headers.reset);
}

/** A web page in a browser can reach loopback: its Host or Origin gives it away. */
function refuseForeigners(c: SandboxContext, hosts: readonly string[]): void {
  const known = ["127.0.0.1", "localhost", "[::1]", ...hosts];
  const host = c.req.header("host") ?? "";
  const name = host.replace(/:\d+$/, "");
  if (!known.includes(name))
    throw flat(403, "Foreign host", "The sandbox answers to the loopback interface alone.");
  const origin = c.req.header("origin");
  if (origin !== undefined && origin !== `http://${host}`) {
    throw flat(403, "Foreign origin", "The sandbox cannot be used from pages of another origin.");
  }
}

function answerError(c: SandboxContext, error: Error): Response {
  if (error instanceof Refusal) return c.json(error.body, statusOf(error.status));
  return c.json({ summary: "Sandbox fault", detail: error.message, status_code: 500 }, 500);
}

function statusOf(status: number): ContentfulStatusCode {
  const known: readonly ContentfulStatusCode[] = [400, 401, 402, 403, 404, 405, 409, 413, 415, 429, 503];
  return known.find((one) => one === status) ?? 500;
}
