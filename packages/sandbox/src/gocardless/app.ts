/**
 * The GoCardless Bank Account Data API as its clients see it: every path, field, error response, limit and header, and
 * the state behind them. Its whole wire format is in this folder; what happens at the banks is in `banks/`.
 */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { consentPage } from "../pages/consent-page.ts";
import { overviewPage } from "../pages/overview-page.ts";
import { reconfirmationPage } from "../pages/reconfirmation-page.ts";
import { ControlError } from "../world/control-error.ts";
import { cutConnection, withEffects } from "../world/fault-effects.ts";
import { newApp, readAhead, type SandboxApp, type SandboxContext } from "../world/http.ts";
import type { LimitLeft } from "../world/limits.ts";
import { type SharedState, StateBusyError } from "../world/shared-state.ts";
import { waitingReconfirmation } from "./consent/reconfirmation.ts";
import { finishLinks, waitingConsent } from "./consent/requisition-flow.ts";
import { ACCOUNT_FAILURES, countFailure } from "./consent/suspension.ts";
import { type ControlParts, logRequest, SandboxControls } from "./controls.ts";
import {
  ErrorResponse,
  flatError,
  invalidToken,
  methodNotAllowed,
  noCredentials,
  notFound,
} from "./errors/error-response.ts";
import { faultyResponse } from "./errors/faulty-response.ts";
import { bucketOf, type LimitBook } from "./limits.ts";
import { overviewOf } from "./overview.ts";
import type { Permissions } from "./permissions.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { agreementRoutes } from "./routes/agreements.ts";
import { controlRoutes, LARGEST_CONTROL_BODY } from "./routes/controls.ts";
import { institutionRoutes } from "./routes/institutions.ts";
import { reconfirmationRoutes } from "./routes/reconfirmations.ts";
import { requisitionRoutes } from "./routes/requisitions.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import type { ServiceState } from "./state/state.ts";

const BASE = "/api/v2";

/** The parts of the application. */
export interface AppParts extends ControlParts {
  credentials: { secretId: string; secretKey: string };
  /** The state file, if there is one: requests then act on the newest state, one process after the other. */
  shared: Pick<SharedState<object>, "exclusively" | "changed" | "counted"> | undefined;
  permissions: Permissions;
  /** Host names to accept in addition to those of the loopback interface. */
  hosts: readonly string[];
}

/** The whole sandbox as one hono application. */
export function sandboxApp(parts: AppParts): SandboxApp {
  const { state, credentials } = parts;
  // The middleware below reports every change that is made over HTTP.
  const controls = new SandboxControls(parts, () => undefined);
  const app = newApp();
  app.onError((error, c) => sendError(c, error));
  app.notFound((c) => sendError(c, notFound()));
  app.use(async (c, next) => {
    await next();
    const path = c.req.path.startsWith(`${BASE}/`) ? c.req.path.slice(BASE.length) : c.req.path;
    const status = c.env.incoming.socket.destroyed && !c.env.outgoing.headersSent ? 0 : c.res.status;
    if (!path.startsWith("/_sandbox/") && path !== "/") {
      const at = state.world.clock.iso();
      logRequest(parts.requests, { method: c.req.method, path, query: c.req.query(), status, at });
    }
  });
  app.use(async (c, next) => {
    rejectForeigners(c, parts.hosts);
    if (c.req.path.startsWith(`${BASE}/`)) await next();
    else await onNewestState(parts, c, next);
  });
  app.route(
    "/",
    consentPage((id) => waitingConsent(state, id)),
  );
  app.route(
    "/",
    reconfirmationPage((id) => waitingReconfirmation(state, id)),
  );
  app.route("/", overviewPage(overviewOf(state, controls, credentials)));
  app.route("/_sandbox", controlRoutes(controls, parts));
  app.route(BASE, serviceApi(parts));
  return app;
}

function serviceApi(parts: AppParts): SandboxApp {
  const { state, permissions, limits, faults } = parts;
  const { clock } = state.world;
  const api = newApp();
  api.use(async (c, next) => {
    const path = c.req.path.slice(BASE.length);
    const fault = faults.take(c.req.method, path, clock.now());
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const instead = fault && faultyResponse(fault, path);
    await onNewestState(parts, c, async () => {
      finishLinks(state);
      if (instead === undefined) {
        authenticate(c, state, path);
        setGeneralHeaders(c, limits, path, clock.now());
        await next();
        setAccountHeaders(c, limits, path, clock.now());
      } else {
        c.res = instead.response;
        if (ACCOUNT_FAILURES.test(path)) countFailure(state, path, instead.body);
      }
    });
    if (fault !== undefined) {
      c.res = withEffects(c.res, fault);
      await cutConnection(c, fault);
    }
  });
  api.route("/", tokenRoutes(state, parts.credentials));
  api.route("/", institutionRoutes(state.world));
  api.route("/", agreementRoutes(state, permissions));
  api.route("/", reconfirmationRoutes(state, permissions));
  api.route("/", requisitionRoutes(state));
  api.route("/", accountRoutes(state, limits));
  const paths = new Set(api.routes.filter((route) => route.method !== "ALL").map((route) => route.path));
  for (const path of paths) {
    api.all(path, (c) => {
      throw methodNotAllowed(c.req.method);
    });
    // The service's framework redirects every method to the address with a trailing slash if that slash is missing.
    api.all(path.replace(/\/$/, ""), (c) => c.redirect(`${c.req.path}/${new URL(c.req.url).search}`, 301));
  }
  return api;
}

/** Handles a request, of which nothing may wait from here on: it would hold up other processes. */
async function onNewestState({ shared }: AppParts, c: SandboxContext, handle: () => Promise<void>) {
  if (shared === undefined) return await handle();
  await readAhead(c, LARGEST_CONTROL_BODY);
  try {
    await shared.exclusively(async () => {
      await handle();
      const { method, path } = c.req;
      if (method !== "GET" && method !== "HEAD") shared.changed();
      // A GET of the service counts against a limit, and one of a page notes that it was opened.
      else if (path.startsWith(`${BASE}/`) || path.startsWith("/psd2/")) shared.counted();
    });
  } catch (error) {
    if (error instanceof StateBusyError) throw flatError(503, "State file busy", error.message);
    throw error;
  }
}

function authenticate(c: SandboxContext, state: ServiceState, path: string): void {
  if (path.startsWith("/token/")) return;
  const header = c.req.header("authorization");
  if (header === undefined) throw noCredentials();
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  if (token === undefined || !state.isTokenValid(token, "access")) throw invalidToken();
}

function setGeneralHeaders(c: SandboxContext, limits: LimitBook, path: string, now: number): void {
  const bucket = bucketOf(c.req.method, path);
  try {
    setHeaders(c, "HTTP_X_RATELIMIT_", limits.countGeneral(bucket, now));
  } catch (error) {
    setHeaders(c, "HTTP_X_RATELIMIT_", limits.generalLeft(bucket, now));
    throw error;
  }
}

function setAccountHeaders(c: SandboxContext, limits: LimitBook, path: string, now: number): void {
  const [, id, kind] = ACCOUNT_FAILURES.exec(path) ?? [];
  if (id === undefined || kind === undefined || (c.res.status !== 200 && c.res.status !== 429)) return;
  setHeaders(c, "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_", limits.accountLeft(id, kind, now));
}

/** Set on Node's response, which preserves the case of header names; a Headers object would make them lower case. */
function setHeaders(c: SandboxContext, prefix: string, left: LimitLeft | undefined): void {
  if (left === undefined) return;
  c.env.outgoing.setHeader(`${prefix}LIMIT`, left.limit);
  c.env.outgoing.setHeader(`${prefix}REMAINING`, left.remaining);
  c.env.outgoing.setHeader(`${prefix}RESET`, left.reset);
}

/** A web page in a browser can reach the loopback interface, so requests with a foreign Host or Origin are rejected. */
function rejectForeigners(c: SandboxContext, hosts: readonly string[]): void {
  const known = ["127.0.0.1", "localhost", "[::1]", ...hosts];
  const host = c.req.header("host") ?? "";
  const name = host.replace(/:\d+$/, "");
  if (!known.includes(name))
    throw flatError(
      403,
      "Foreign host",
      "The sandbox only accepts requests to its own host name or the loopback interface.",
    );
  const origin = c.req.header("origin");
  if (origin !== undefined && origin !== `http://${host}`) {
    throw flatError(
      403,
      "Foreign origin",
      "The sandbox does not accept requests from web pages of another origin.",
    );
  }
}

function sendError(c: SandboxContext, thrown: Error): Response {
  const error = thrown instanceof ControlError ? flatError(400, "Invalid control", thrown.message) : thrown;
  if (error instanceof ErrorResponse) return c.json(error.body, statusOf(error.status));
  return c.json({ summary: "Sandbox fault", detail: error.message, status_code: 500 }, 500);
}

function statusOf(status: number): ContentfulStatusCode {
  const known: readonly ContentfulStatusCode[] = [400, 401, 402, 403, 404, 405, 409, 413, 415, 429, 503];
  return known.find((one) => one === status) ?? 500;
}
