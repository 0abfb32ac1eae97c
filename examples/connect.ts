/**
 * A web application that connects a bank: `/connect?bank=ID` sends the user to the bank, which sends them back to
 * `/return`. Set PORT for a port other than 8000. In an application of several users, keep the requisition's id with the
 * user, and check on return that it is theirs.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { clientFromEnvironment } from "./client.ts";

const client = clientFromEnvironment();
/** By the reference that comes back from the bank, the requisition that was made for it. */
const begun = new Map<string, string>();

/** @returns where to send the user, or what to show them */
async function respond(
  { pathname, searchParams }: URL,
  origin: string,
): Promise<{ to: string } | { text: string }> {
  if (pathname === "/connect") {
    const reference = randomUUID();
    const { id, link } = await client.createRequisition({
      institution_id: searchParams.get("bank") ?? "",
      redirect: `${origin}/return`,
      reference,
    });
    if (!link) throw new Error("The service returned no link.");
    begun.set(reference, id);
    return { to: link };
  }
  // The bank's return says nothing that can be trusted: ask the service.
  const id = begun.get(searchParams.get("ref") ?? "");
  if (pathname !== "/return" || id === undefined) return { text: "Open /connect?bank=ID." };
  const { status, accounts } = await client.getRequisition(id);
  return {
    text: status === "LN" ? `Connected: ${accounts?.length ?? 0} accounts.` : "The bank is not connected.",
  };
}

const server = createServer(async (request, response) => {
  const origin = `http://${request.headers.host}`;
  try {
    const answer = await respond(new URL(request.url ?? "/", origin), origin);
    if ("to" in answer) response.writeHead(303, { location: answer.to }).end();
    else response.end(`${answer.text}\n`);
  } catch (error) {
    console.error(error);
    response.writeHead(502).end("The bank could not be connected.\n");
  }
});
server.listen(Number(process.env["PORT"] ?? 8000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}/`);
});
process.once("SIGTERM", () => {
  server.close();
  void client.close();
});
