import type { Archive } from "../../packages/archive/src/index.ts";

/** The form that ids have. */
const ID = /^[a-z0-9]{26,32}$/;

/** The ids of transactions that were seen at any time. */
export class SeenIds {
  readonly #seen = new Set<string>();

  async look(archive: Archive): Promise<void> {
    for await (const { id } of archive.transactions()) this.#seen.add(id);
  }

  /** The ids that are not of the form, or that lead nowhere any more. */
  async broken(archive: Archive): Promise<string[]> {
    const present = new Set<string>();
    for await (const { id } of archive.transactions()) present.add(id);
    const broken = [...present, ...this.#seen].filter((id) => !ID.test(id));
    for (const id of this.#seen) {
      if (present.has(id)) continue;
      const { done } = await archive.observations(id).next();
      if (done === true) broken.push(id);
    }
    return broken;
  }
}
