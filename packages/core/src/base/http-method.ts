/** The HTTP methods that the services know. */
export type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";
