import { concurrently } from "bankdata-core/base";

/**
 * Does `work` for every item, at most `limit` at a time, and returns the results in the order of the items. After a
 * rejection no further item is started, but what is under way is waited for, so that nothing happens after the call.
 */
export async function eachSettled<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const failures: unknown[] = [];
  const settled = await concurrently(items, limit, async (item) => {
    if (failures.length > 0) return [];
    try {
      return [await work(item)];
    } catch (error) {
      failures.push(error);
      return [];
    }
  });
  if (failures.length > 0) throw failures[0];
  return settled.flat(1);
}
