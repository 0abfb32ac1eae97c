import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type { Page, PageRequest, SentObject, Unreadable } from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, UndefinedMembers } from "./model-types.ts";

interface Item {
  id: string;
}

declare const page: Page<Item>;

expectTypeOf<AsRead<Page<Item>>>().toEqualTypeOf<{
  count: number | null | undefined;
  next: string | null | undefined;
  previous: string | null | undefined;
  results: Item[];
  unreadable: Unreadable[];
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Page<Item>>>().toEqualTypeOf<"results" | "unreadable">();
expectTypeOf<UndefinedMembers<Page<Item>>>().toBeNever();
// @ts-expect-error it is named results
page.result;

expectTypeOf<AsRead<PageRequest>>().toEqualTypeOf<{
  limit: number | undefined;
  offset: number | undefined;
  extra: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<PageRequest>>().toBeNever();
expectTypeOf<z.input<typeof PageRequest>>().toEqualTypeOf<PageRequest>();
expectTypeOf<z.output<typeof PageRequest>>().toEqualTypeOf<SentObject>();
({ limit: 10 }) satisfies PageRequest;
({ limit: 10, extra: { some_day: [1] } }) satisfies PageRequest;
// @ts-expect-error it is named offset
({ limit: 10, ofset: 10 }) satisfies PageRequest;

expectTypeOf<AsRead<Unreadable>>().toEqualTypeOf<{
  list: string;
  index: number;
  reason: string;
  raw: unknown;
}>();
expectTypeOf<RequiredMembers<Unreadable>>().toEqualTypeOf<keyof Unreadable>();
