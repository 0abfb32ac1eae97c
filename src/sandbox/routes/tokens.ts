import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { type FieldFault, fields, invalidToken, REQUIRED, unknownCredentials } from "../refusal.ts";
import { membersOf } from "../request.ts";
import { ACCESS_EXPIRES, REFRESH_EXPIRES, type SandboxState } from "../state.ts";

/** `POST /token/new/` and `/token/refresh/`. The refresh token is neither repeated nor replaced. */
export function tokenRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  state: SandboxState,
  credentials: { secretId: string; secretKey: string },
): void {
  api.post("/token/new/", async (c) => {
    const { secret_id, secret_key } = textMembers(await membersOf(c), ["secret_id", "secret_key"]);
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
    const { refresh } = textMembers(await membersOf(c), ["refresh"]);
    if (refresh === undefined || !state.isTokenValid(refresh, "refresh")) throw invalidToken();
    return c.json({ access: state.newToken("access"), access_expires: ACCESS_EXPIRES });
  });
}

function textMembers<Name extends string>(
  members: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const texts: Partial<Record<Name, string>> = {};
  const faults: Record<string, FieldFault> = {};
  for (const name of names) {
    const value = members[name];
    if (value === undefined || value === null) faults[name] = REQUIRED;
    else if (typeof value !== "string") faults[name] = ["Not a valid string."];
    else if (value.trim() === "") faults[name] = ["This field may not be blank."];
    else texts[name] = value;
  }
  if (Object.keys(faults).length > 0) throw fields(faults);
  return texts;
}
