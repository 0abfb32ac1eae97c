import { expect, it } from "vitest";
import { ApiError, GoCardlessClient } from "../../../packages/core/src/index.ts";
import { TestClock } from "../../support/clock.ts";
import { failureOf } from "../../support/failure.ts";
import { startService } from "../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const none = { body: { count: 0, next: null, previous: null, results: [] } };

it("a cached response that a write made outdated is not used because a request failed that began before", async () => {
  const clock = new TestClock();
  let isDown = false;
  await using service = await startService(({ path, method }) => {
    if (path.startsWith("/token/")) return undefined;
    if (method === "DELETE") return { body: {} };
    return isDown ? { status: 502, body: "" } : none;
  });
  await using client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl: service.baseUrl, retries: 0, now: clock.now },
    cacheOptions: { backend: "memory", expireAfter: 60 },
  });
  await client.getRequisitions();
  clock.advance({ seconds: 61 });
  isDown = true;
  expect((await client.withMeta.getRequisitions()).meta.stale).toBe(true);
  const reading = failureOf(client.getRequisitions());
  await client.deleteRequisition(ID);
  expect(await reading).toBeInstanceOf(ApiError);
});
