import { expect, it } from "vitest";
import { settingsFrom } from "../../../packages/core/src/pipeline/options.ts";

const { sleep } = settingsFrom({}, { baseUrl: "https://example.com" }, { id: "id", secrets: [] });

it("the default sleep ends by itself, or with the signal's reason as soon as that aborts", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  await expect(sleep(1, controller.signal)).resolves.toBeUndefined();
  const sleeping = sleep(3_600_000, controller.signal);
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(sleep(3_600_000, controller.signal)).rejects.toBe(reason);
});
