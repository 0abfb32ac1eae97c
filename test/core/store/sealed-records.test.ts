import { expect, it } from "vitest";
import { MemoryKeyValueStore } from "../../../packages/core/src/store/kv.ts";
import { SealedRecords } from "../../../packages/core/src/store/sealed-records.ts";

const options = {
  prefix: "token",
  secret: "secret key",
  salt: "https://bank.example/api/v2\nsecret id",
  purpose: "bankdata token store 1",
};
const KEY = "https://bank.example/api/v2#0123";
const NAME = "token:6f0e993228b0a3b8513f980b903b6bbddc0215bc73194347f16d36a7f095b597";

it("a record that an earlier version sealed opens, under the name that it had then", async () => {
  const records = new MemoryKeyValueStore();
  const record =
    '{"format":1,"iv":"mpU53ZWiLF4jZf4p","tag":"UlybvqbJK+rAOGZ4wRYOFg==","data":"MkjHErR0CQVK+oFSYipA0a5iBUIBG45HG4F/Wj4K8di/M/oseLzfBCDrG2RwKbqtBAk2A1RyIZNc8B12pOG74ZmXgXVzYhSdGF1NxXTEH0c="}';
  await records.compareAndSet(NAME, undefined, record);
  expect(await new SealedRecords(records, options).get(KEY)).toBe(
    '{"access":"access","accessExpiresAt":1,"refresh":"refresh","refreshExpiresAt":2}',
  );
});

it("a sealed record keeps its name and its fields, so that earlier versions find and open it", async () => {
  const records = new MemoryKeyValueStore();
  await new SealedRecords(records, options).set(KEY, "text");
  const record: unknown = JSON.parse((await records.get(NAME)) ?? "");
  const base64 = expect.stringMatching(/^[\w+/]+=*$/);
  expect(record).toEqual({ format: 1, iv: base64, tag: base64, data: base64 });
});

it.each(["secret", "salt", "purpose"] as const)(
  "a sealed record does not open with another %s, but can be replaced",
  async (part) => {
    const records = new MemoryKeyValueStore();
    await new SealedRecords(records, options).set(KEY, "text");
    const other = new SealedRecords(records, { ...options, [part]: "other" });
    expect(await other.get(KEY)).toBeUndefined();
    await other.set(KEY, "other text");
    expect(await other.get(KEY)).toBe("other text");
  },
);

it("records with different prefixes in one store are separate", async () => {
  const records = new MemoryKeyValueStore();
  const [one, other] = ["one", "other"].map((prefix) => new SealedRecords(records, { ...options, prefix }));
  await one?.set(KEY, "text of one");
  expect(await other?.get(KEY)).toBeUndefined();
  await other?.set(KEY, "text of the other");
  expect([await one?.get(KEY), await other?.get(KEY)]).toEqual(["text of one", "text of the other"]);
});
