import { type SandboxOptions, startSandbox } from "../../packages/sandbox/src/index.ts";

const NOW = "2026-11-23T09:00:00Z";

/** Starts a sandbox and a client that only uses `fetch`, like any program in any language. */
export async function plainClient(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ port: 0, seed: 1, now: NOW, ...options });
  const { secretId, secretKey } = sandbox.credentials;
  let token = "";
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const form = body instanceof URLSearchParams || body instanceof FormData;
    const response = await fetch(sandbox.baseUrl + path, {
      method,
      redirect: "manual",
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && !form && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && {
        body: form ? body : typeof body === "string" ? body : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : undefined,
    };
  };
  const logIn = async () => {
    const tokens = (await send("POST", "/token/new/", { secret_id: secretId, secret_key: secretKey })).body;
    token = tokens.access;
    return tokens;
  };
  await logIn();
  const connect = async (institution_id: string, agreement: Record<string, unknown> = {}) => {
    const made = (await send("POST", "/agreements/enduser/", { institution_id, ...agreement })).body;
    const requisition = (
      await send("POST", "/requisitions/", {
        institution_id,
        redirect: "http://localhost/back",
        agreement: made.id,
      })
    ).body;
    await sandbox.authorise(requisition.id, { outcome: "linked" });
    return (await send("GET", `/requisitions/${requisition.id}/`)).body;
  };
  return {
    sandbox,
    send,
    logIn,
    connect,
    setToken: (text: string) => {
      token = text;
    },
    token: () => token,
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}
