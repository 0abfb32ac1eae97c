import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type { NewToken, RefreshedToken } from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const refreshed: RefreshedToken;
declare const pair: NewToken;

expectTypeOf<AsRead<RefreshedToken>>().toEqualTypeOf<{
  access: string;
  access_expires: number | null | undefined;
}>();
expectTypeOf<RequiredMembers<RefreshedToken>>().toEqualTypeOf<"access">();
expectTypeOf<UndefinedMembers<RefreshedToken>>().toBeNever();
expectTypeOf<z.output<typeof RefreshedToken>>().toEqualTypeOf<RefreshedToken>();
expectTypeOf<StandardOutput<typeof RefreshedToken>>().toEqualTypeOf<RefreshedToken>();
// @ts-expect-error a refresh returns no other refresh token
refreshed.refresh;

expectTypeOf<AsRead<NewToken>>().toEqualTypeOf<{
  access: string;
  access_expires: number | null | undefined;
  refresh: string;
  refresh_expires: number | null | undefined;
}>();
expectTypeOf<RequiredMembers<NewToken>>().toEqualTypeOf<"access" | "refresh">();
expectTypeOf<UndefinedMembers<NewToken>>().toBeNever();
expectTypeOf<z.output<typeof NewToken>>().toEqualTypeOf<NewToken>();
expectTypeOf<StandardOutput<typeof NewToken>>().toEqualTypeOf<NewToken>();
// @ts-expect-error it is named access
pair.access_token;
