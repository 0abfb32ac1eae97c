import { z } from "zod";
import type { Sandbox } from "../../packages/sandbox/src/index.ts";

/** Logs in at a sandbox. Returns what reads a response without the program that is run. */
export async function plainReader({ baseUrl, credentials: { secretId, secretKey } }: Sandbox) {
  const body = new URLSearchParams({ secret_id: secretId, secret_key: secretKey });
  const response = await fetch(`${baseUrl}/token/new/`, { method: "POST", body });
  const { access } = z.object({ access: z.string() }).parse(await response.json());
  const headers = { authorization: `Bearer ${access}` };
  return async (path: string): Promise<unknown> => await (await fetch(baseUrl + path, { headers })).json();
}
