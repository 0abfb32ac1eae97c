import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { invalidToken, Refusal, unknownCredentials } from "../../world/refusal.ts";
import { ACCESS_EXPIRES, REFRESH_EXPIRES, type SandboxState } from "../../world/state.ts";
import { membersOf, type SandboxContext } from "../request.ts";

/** `POST /token/new/` and `/token/refresh/`. The refresh token is neither repeated nor replaced. */
export function tokenRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  state: SandboxState,
  credentials: { secretId: string; secretKey: string },
): void {
  api.post("/token/new/", async (c) => {
    const { secret_id, secret_key } = await membersOrNone(c);
    if (secret_id !== credentials.secretId || secret_key !== credentials.secretKey)
      throw unknownCredentials();
    return c.json({
      access: state.newToken("access"),
      access_expires: ACCESS_EXPIRES,
      refresh: state.newToken("refresh"),
      refresh_expires: REFRESH_EXPIRES,
    });
  });

  api.post("/token/refresh/", async (c) => {
    const { refresh } = await membersOrNone(c);
    if (typeof refresh !== "string" || !state.isTokenValid(refresh, "refresh")) throw invalidToken();
    return c.json({ access: state.newToken("access"), access_expires: ACCESS_EXPIRES });
  });
}

/** The token endpoints document no 400: a body that cannot be read holds no credentials, and is refused as such. */
async function membersOrNone(c: SandboxContext): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await membersOf(c);
  } catch (error) {
    if (error instanceof Refusal && error.status !== 413) return {};
    throw error;
  }
}
