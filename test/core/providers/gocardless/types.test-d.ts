import { expectTypeOf } from "vitest";
import { z } from "zod";
import type {
  GoCardlessClient,
  Institution,
  RateLimit,
  Transaction,
} from "../../../../packages/core/src/index.ts";

declare const client: GoCardlessClient;

expectTypeOf(client.listBanks).returns.resolves.toEqualTypeOf<string[]>();
expectTypeOf(client.get("/x/")).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.get("/x/", {}, { schema: z.object({ id: z.string() }) })).resolves.toEqualTypeOf<{
  id: string;
}>();
expectTypeOf(client.createBankLink("a", "b")).resolves.toEqualTypeOf<string | null>();
expectTypeOf(client.lastRateLimits()).toEqualTypeOf<RateLimit | null>();
expectTypeOf<Transaction["transactionAmount"]["amount"]>().toEqualTypeOf<string>();
expectTypeOf<Institution["transaction_total_days"]>().toEqualTypeOf<string | null | undefined>();
// @ts-expect-error a requisition needs a redirect
client.createRequisition({ institution_id: "B" });
// @ts-expect-error an access scope is one of three
client.createAgreement({ institution_id: "B", access_scope: ["everything"] });
