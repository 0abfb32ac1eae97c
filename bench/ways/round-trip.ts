import type { Prepare } from "./way.ts";

/** One response of the delayed server, unread by anything but fetch. */
const prepare: Prepare<{ baseUrl: string }> =
  ({ baseUrl }) =>
  async () =>
    (await fetch(`${baseUrl}/accounts/one/`)).text();

export default prepare;
