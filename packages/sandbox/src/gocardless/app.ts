/**
 * The GoCardless Bank Account Data API as its clients see it: every path, field, error response, limit and header, and
 * the state behind them. Its whole wire format is in this folder; what happens at the banks is in `banks/`.
 */
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { consentPage } from "../pages/consent-page.ts";
import { overviewPage } from "../pages/overview-page.ts";
import { reconfirmationPage } from "../pages/reconfirmation-page.ts";
import { type OriginOfPages, originOfPages } from "../world/access.ts";
import { ControlError } from "../world/control-error.ts";
import { cutConnection, delay, withEffects } from "../world/fault-effects.ts";
import { newApp, readAhead, type SandboxApp, type SandboxContext } from "../world/http.ts";
import { type SharedState, StateBusyError } from "../world/shared-state.ts";
import { type AccessRules, controlAccess, rejectForeigners } from "./access-rules.ts";
import { waitingReconfirmation } from "./consent/reconfirmation.ts";
import { finishLinks, waitingConsent } from "./consent/requisition-flow.ts";
import { accountAt, countFailure } from "./consent/suspension.ts";
import { type ControlParts, SandboxControls } from "./controls.ts";
import {
  ErrorResponse,
  flatError,
  invalidToken,
  methodNotAllowed,
  noCredentials,
  notFound,
} from "./errors/error-response.ts";
import { faultyResponse } from "./errors/faulty-response.ts";
import type { RateLimitHeaders } from "./limits.ts";
import { overviewOf } from "./overview.ts";
import type { Permissions } from "./permissions.ts";
import { RateLimiter } from "./rate-limit-headers.ts";
import { queryOf } from "./request.ts";
import { logRequest } from "./request-log.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { agreementRoutes } from "./routes/agreements.ts";
import { controlRoutes, LARGEST_CONTROL_BODY } from "./routes/controls.ts";
import { institutionRoutes } from "./routes/institutions.ts";
import { reconfirmationRoutes } from "./routes/reconfirmations.ts";
import { requisitionRoutes } from "./routes/requisitions.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { BASE_PATH } from "./service-address.ts";
import type { ServiceState } from "./state/state.ts";

/** The parts of the application. */
export interface AppParts extends ControlParts {
  credentials: { secretId: string; secretKey: string };
  /** The state file, if there is one: requests then act on the newest state, one process after the other. */
  shared: Pick<SharedState<object>, "exclusively" | "changed" | "counted" | "afterwards"> | undefined;
  permissions: Permissions;
  /** The names of the headers with limits. */
  rateLimitHeaders: RateLimitHeaders;
  /** The port for HTTP, at which browsers find the pages. */
  port: number;
  access: AccessRules;
}

/** The whole sandbox as one hono application. */
export function sandboxApp(parts: AppParts): SandboxApp {
  const { state, credentials } = parts;
  // The middleware below reports every change that is made over HTTP.
  const controls = new SandboxControls(parts, () => undefined);
  const pages = (c: SandboxContext) => originOfPages(c, parts.port);
  const app = newApp();
  app.onError((error, c) => sendError(c, error));
  app.notFound((c) => sendError(c, notFound()));
  app.use(async (c, next) => {
    await next();
    log(parts, c);
  });
  app.use(async (c, next) => {
    rejectForeigners(c, parts.access);
    await next();
  });
  app.on("ALL", ["/", "/_sandbox/*"], controlAccess(parts.access.controlKey));
  app.use(async (c, next) => {
    if (c.req.path.startsWith(`${BASE_PATH}/`)) await next();
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
  app.route("/", overviewPage(overviewOf(state, controls, credentials), pages));
  app.route("/_sandbox", controlRoutes(controls, parts));
  app.route(BASE_PATH, serviceApi(parts, pages));
  return app;
}

/** Adds a request to the log, unless it was one of the tester. */
function log({ requests, state }: AppParts, c: SandboxContext): void {
  const path = c.req.path.startsWith(`${BASE_PATH}/`) ? c.req.path.slice(BASE_PATH.length) : c.req.path;
  if (path.startsWith("/_sandbox/") || path === "/") return;
  const status = c.env.incoming.socket.destroyed && !c.env.outgoing.headersSent ? 0 : c.res.status;
  const at = state.world.clock.iso();
  logRequest(requests, { method: c.req.method, path, query: Object.fromEntries(queryOf(c)), status, at });
}

function serviceApi(parts: AppParts, pages: OriginOfPages): SandboxApp {
  const { state, permissions, limits, faults, shared } = parts;
  const { clock } = state.world;
  // Other processes may have changed the state since the request.
  const afterwards = (work: () => void) => (shared === undefined ? work() : shared.afterwards(work));
  const limiter = new RateLimiter(limits, parts.rateLimitHeaders);
  const api = newApp();
  const routes = newApp();
  routes.route("/", tokenRoutes(state, parts.credentials));
  routes.route("/", institutionRoutes(state));
  routes.route("/", agreementRoutes(state, permissions));
  routes.route("/", reconfirmationRoutes(state, permissions, pages));
  routes.route("/", requisitionRoutes(state, pages));
  routes.route("/", accountRoutes(state, limits, afterwards));
  api.use(async (c, next) => {
    const path = c.req.path.slice(BASE_PATH.length);
    const fault = faults.take(c.req.method, path, clock.now());
    if (fault?.delayMs !== undefined) await delay(fault.delayMs);
    await onNewestState(parts, c, async () => {
      finishLinks(state);
      const instead = fault && faultyResponse(fault, path, accountAt(state, path));
      if (instead === undefined) return await next();
      c.res = instead.response;
      countFailure(state, path, instead.body);
    });
    if (fault !== undefined) {
      c.res = withEffects(c.res, fault);
      await cutConnection(c, fault);
    }
  });
  // The service's framework looks for the path before it authenticates or counts a request, so that neither a redirect
  // nor an unknown path needs a token or counts against a limit.
  for (const path of pathsOf(routes.routes)) {
    api.use(path, async (c, next) => {
      const asked = c.req.path.slice(BASE_PATH.length);
      authenticate(c, state, asked);
      limiter.countGeneral(c, asked, clock.now());
      await next();
      limiter.reportAccount(c, asked, clock.now());
      if (c.error instanceof ErrorResponse) countFailure(state, asked, c.error.body);
    });
  }
  api.route("/", routes);
  addOtherMethods(api, routes);
  return api;
}

/** Adds what the service's framework does with other methods of the routes' paths, and with paths that lack their last slash. */
function addOtherMethods(api: SandboxApp, { routes }: SandboxApp): void {
  for (const path of pathsOf(routes)) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
    const allowed = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method)).join(", ");
    api.all(path, (c) => {
      c.header("allow", allowed);
      throw methodNotAllowed(c.req.method);
    });
    // The framework redirects every method to the address with a trailing slash if that slash is missing.
    api.all(path.replace(/\/$/, ""), (c) => {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(`${pathname}/${search}`, 301);
    });
  }
}

function pathsOf(routes: SandboxApp["routes"]): Set<string> {
  return new Set(routes.map(({ path }) => path));
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
      else if (path.startsWith(`${BASE_PATH}/`) || path.startsWith("/psd2/")) shared.counted();
    });
  } catch (error) {
    if (error instanceof StateBusyError) throw flatError(503, "State file busy", error.message);
    throw error;
  }
}

function authenticate(c: SandboxContext, state: ServiceState, path: string): void {
  if (path.startsWith("/token/")) return;
  // The service's framework takes a header of another scheme for none.
  const header = c.req.header("authorization") ?? "";
  if (!/^Bearer(?: |$)/i.test(header)) throw noCredentials();
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  if (token === undefined || !state.isTokenValid(token, "access")) throw invalidToken();
}

function sendError(c: SandboxContext, thrown: Error): Response {
  const error = thrown instanceof ControlError ? flatError(400, "Invalid control", thrown.message) : thrown;
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof ErrorResponse) return c.json(error.body, statusOf(error.status));
  return c.json({ summary: "Sandbox fault", detail: error.message, status_code: 500 }, 500);
}

function statusOf(status: number): ContentfulStatusCode {
  const known: readonly ContentfulStatusCode[] = [400, 401, 402, 403, 404, 405, 409, 413, 415, 429, 503];
  return known.find((one) => one === status) ?? 500;
}
