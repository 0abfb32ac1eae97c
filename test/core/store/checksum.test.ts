import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { checksumOf } from "../../../packages/core/src/store/checksum.ts";

it("a string of any length keeps its checksum across versions, so that stored strings stay readable", () => {
  for (const length of [0, 1, 8191, 8192, 100_000]) {
    for (const character of ["x", "é", "\ud83c"]) {
      const body = character.repeat(length);
      const expected = createHash("sha256").update(`["name",1]${body}`).digest("base64url").slice(0, 22);
      expect(checksumOf(["name", 1], body)).toBe(expected);
    }
  }
});
