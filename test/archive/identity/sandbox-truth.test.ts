import { expect, it } from "vitest";
import { judge } from "../../../packages/sandbox/src/index.ts";
import { watchedForTwoHundredDays } from "../../sandbox/two-hundred-days.ts";
import { Archived, rowsOf } from "./archived.ts";

const DAY = 86_400_000;
const BANKS = ["BAWAG_BAWAATWW", "SANDBOX_HARD_1", "SANDBOX_HARD_2", "SANDBOX_HARD_3", "SANDBOX_HARD_4"];

it.each(BANKS)(
  "at %s nothing is lost, doubled or mixed in 200 days, and what was pending is found again",
  async (bank) => {
    await using account = await watchedForTwoHundredDays(bank, { seed: 101 });
    const archived = new Archived();
    for (const { on, account: handle, booked, pending } of account.responses) {
      const at = Date.parse(on);
      const from = new Date(at - 90 * DAY).toISOString().slice(0, 10);
      archived.read({
        at,
        handle,
        coverage: { from, to: null, pending: true },
        rows: rowsOf({ booked, pending }),
      });
    }
    const rows = archived.rows.flatMap(({ place: { response, status, position }, transaction }) => {
      const shown = account.responses[response];
      return shown && (status === "booked" || status === "pending")
        ? [{ account: shown.account, response: shown.response, status, position, transaction }]
        : [];
    });
    const truth = account.truth();
    const { faultless, lost, doubled, mixed } = judge(rows, truth, { lists: ["booked"] });
    expect({ faultless, lost, doubled, mixed }).toEqual({
      faultless: true,
      lost: [],
      doubled: [],
      mixed: [],
    });
    const { linked, unlinked } = judge(rows, truth);
    expect(linked.length).toBeGreaterThan(100);
    expect(linked.length / (linked.length + unlinked.length)).toBeGreaterThan(0.97);
  },
  60_000,
);
