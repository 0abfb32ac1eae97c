import { expect, it } from "vitest";
import { type Archive, type DoubtedRow, openArchive } from "../../../packages/archive/src/index.ts";
import { type JudgedRow, judge } from "../../../packages/sandbox/src/index.ts";
import { watchedForTwoHundredDays } from "../../sandbox/two-hundred-days.ts";
import { itemsOf } from "../identity/archived.ts";
import { account, all, response } from "./observed.ts";

const DAY = 86_400_000;
const BANKS = ["SANDBOX_HARD_1", "SANDBOX_HARD_2", "SANDBOX_HARD_3", "SANDBOX_HARD_4"];

it.each(BANKS)(
  "at %s, answers from somebody who knows the truth end all doubts, and make nothing worse",
  async (bank) => {
    await using watched = await watchedForTwoHundredDays(bank, { seed: 102 });
    await using archive = await openArchive({ location: ":memory:", now: () => "2027-01-01T00:00:00Z" });
    for (const { on, booked, pending } of watched.responses) {
      const from = new Date(Date.parse(on) - 90 * DAY).toISOString().slice(0, 10);
      const coverage = { from, to: null, pending: true };
      await archive.record(
        account("a"),
        response(`${on}T08:00:00Z`, itemsOf({ booked, pending }), { coverage }),
      );
    }
    const truth = watched.truth();
    const entries = new Map<string, string>();
    for (const { id, observed } of truth)
      for (const { account: handle, status, seen } of observed)
        for (const { response: number, position } of seen)
          entries.set(`${handle} ${number} ${status} ${position}`, id);
    const entryOf = ({ observation: { run, status, position } }: DoubtedRow) => {
      const shown = watched.responses[run - 1];
      return entries.get(`${shown?.account} ${shown?.response} ${status} ${position}`);
    };
    const rowsIn = async (): Promise<JudgedRow[]> => {
      const rows: JudgedRow[] = [];
      for (const { id } of await all(archive.transactions()))
        for (const { run, status, position } of await all(archive.observations(id))) {
          const shown = watched.responses[run - 1];
          if (shown !== undefined && (status === "booked" || status === "pending"))
            rows.push({
              account: shown.account,
              response: shown.response,
              status,
              position,
              transaction: id,
            });
        }
      return rows;
    };
    const before = judge(await rowsIn(), truth);
    await answerAll(archive, entryOf);
    const after = judge(await rowsIn(), truth);
    for (const fault of ["lost", "doubled", "mixed", "mislinked", "unlinked"] as const)
      expect(after[fault].length, fault).toBeLessThanOrEqual(before[fault].length);
    expect([after.mislinked, after.doubled]).toEqual([[], []]);
    expect(await all(archive.transactions({ certain: false }))).toEqual([]);
  },
  120_000,
);

/** Answers what is asked, and what is asked because of that, until nothing is. */
async function answerAll(archive: Archive, entryOf: (row: DoubtedRow) => string | undefined): Promise<void> {
  for (let round = 0; ; round += 1) {
    const doubts = await all(archive.doubts());
    if (doubts.length === 0) return;
    expect(round).toBeLessThan(20);
    await archive.decide(
      doubts.map((doubt) => {
        const isSame = entryOf(doubt.one) === entryOf(doubt.other);
        return { ...doubt, verdict: isSame ? ("same" as const) : ("different" as const) };
      }),
    );
  }
}
