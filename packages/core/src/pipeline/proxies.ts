import { ConfigurationError } from "../base/errors.ts";

/** The proxies of an environment, in the form that the agents of Node take. */
export type ProxyEnvironment = Record<"http_proxy" | "https_proxy" | "no_proxy", string | undefined>;

/**
 * The proxy that an environment names for a protocol: `HTTPS_PROXY` or `HTTP_PROXY`, with `NO_PROXY` for exceptions, each
 * also in lower case, which comes first. A URL without a protocol is one of `http:`.
 *
 * @returns undefined if there is none
 * @throws ConfigurationError if it is not the URL of an HTTP proxy; the message does not repeat it, as it may hold a password
 */
export function proxiesFrom(
  env: Readonly<Record<string, string | undefined>>,
  protocol: "http" | "https",
): ProxyEnvironment | undefined {
  const lower = `${protocol}_proxy`;
  const name = env[lower] ? lower : lower.toUpperCase();
  const given = env[name]?.trim();
  if (!given) return undefined;
  const proxy = usableProxy(given.includes("://") ? given : `http://${given}`);
  if (proxy === undefined) {
    throw new ConfigurationError(
      `The variable ${name} must be the URL of an HTTP proxy, such as http://proxy.example:3128.`,
    );
  }
  return {
    http_proxy: undefined,
    https_proxy: undefined,
    no_proxy: env["no_proxy"] || env["NO_PROXY"],
    [lower]: proxy,
  };
}

/**
 * A proxy's URL in its normal form: Node takes `HTTP://` for no proxy at all, and repeats one with a line break in its
 * error. Undefined if it cannot be used.
 */
function usableProxy(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const { href, protocol, username, password } = new URL(given);
  try {
    decodeURIComponent(username + password);
  } catch {
    return undefined;
  }
  return protocol === "http:" || protocol === "https:" ? href : undefined;
}
