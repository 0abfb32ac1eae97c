import { nodeTransport } from "../../../packages/core/src/pipeline/node-transport.ts";
import { requestOf } from "../../support/transports.ts";

// A process of its own: sends one request, and prints the response or the loss, and how long the process lasted after it.
const [, , baseUrl = ""] = process.argv;
let end = 0;
process.on("exit", () => console.log(Math.round(performance.now() - end)));
try {
  console.log((await nodeTransport(baseUrl)(requestOf(), new AbortController().signal)).text);
} catch (error) {
  console.log(error instanceof Error && "code" in error ? error.code : error);
}
end = performance.now();
