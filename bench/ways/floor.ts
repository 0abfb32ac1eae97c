import type { Prepare } from "./way.ts";

/** The floor of a response from the service: fetch and JSON.parse, nothing else. */
const prepare: Prepare<{ baseUrl: string; entries: number }> = ({ baseUrl, entries }) => {
  const url = `${baseUrl}/accounts/${entries}-1/transactions/`;
  return async () => JSON.parse(await (await fetch(url)).text());
};

export default prepare;
