import { newApp, type SandboxApp, type SandboxContext } from "../../world/http.ts";
import { ErrorResponse, invalidToken, unknownCredentials } from "../errors/error-response.ts";
import { type Fields, fieldsOf } from "../request.ts";
import { ACCESS_EXPIRES, REFRESH_EXPIRES, type ServiceState } from "../state/state.ts";

/** `POST /token/new/` and `/token/refresh/`. A refresh returns no refresh token; the old one stays valid. */
export function tokenRoutes(
  state: ServiceState,
  credentials: { secretId: string; secretKey: string },
): SandboxApp {
  const routes = newApp();

  routes.post("/token/new/", async (c) => {
    const { secret_id, secret_key } = await fieldsOrNone(c);
    if (secret_id !== credentials.secretId || secret_key !== credentials.secretKey)
      throw unknownCredentials();
    return c.json({
      access: state.newToken("access"),
      access_expires: ACCESS_EXPIRES,
      refresh: state.newToken("refresh"),
      refresh_expires: REFRESH_EXPIRES,
    });
  });

  routes.post("/token/refresh/", async (c) => {
    const { refresh } = await fieldsOrNone(c);
    if (typeof refresh !== "string" || !state.isTokenValid(refresh, "refresh")) throw invalidToken();
    return c.json({ access: state.newToken("access"), access_expires: ACCESS_EXPIRES });
  });

  return routes;
}

/** The specification has no status 400 for tokens, so a body that cannot be read is treated as one without credentials. */
async function fieldsOrNone(c: SandboxContext): Promise<Fields> {
  try {
    return await fieldsOf(c);
  } catch (error) {
    if (error instanceof ErrorResponse && error.status !== 413) return {};
    throw error;
  }
}
