/** The host name of the service. */
export const SERVICE_HOST = "bankaccountdata.gocardless.com";

/** The path of the service's base URL, at its own host and in the sandbox. */
export const BASE_PATH = "/api/v2";
