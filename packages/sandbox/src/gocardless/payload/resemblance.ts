import type { Observation } from "../../banks/index.ts";

/** More forms than memory could hold, few enough to leave room for the number of a history beside it. */
const MOST_FORMS = 2 ** 25;

/**
 * Which of the entries that responses have shown no reader can tell apart. A form here is a list together with the stable
 * part of an entry: what a reader can recognise the entry by.
 *
 * Two rows of the same form may belong to either of their entries. Two entries are the same to every reader if each
 * response showed both in the same form, or neither. Both relations are equivalences, so groups never overlap. As soon
 * as one response shows one of them only, or both in two forms, the entries differ, although their rows may not.
 */
export class Resemblance {
  /** The numbers of the forms, by their text. */
  readonly #forms = new Map<string, number>();
  /** The ids of the entries that were shown in each form, by its number. */
  readonly #shownAs: Set<string>[] = [];
  /** The number of each entry's history, by its id: its history before a response and the form that continues it. */
  readonly #historyOf = new Map<string, number>();
  /** The histories that the newest response continues, by the number of the one before and the form. */
  readonly #continued = new Map<number, number>();
  #histories = 0;
  #response = -1;

  /** The number of a form. @param stable the stable part of the entry, as text */
  formOf(status: Observation["status"], stable: string): number {
    const text = `${status} ${stable}`;
    const known = this.#forms.get(text);
    if (known !== undefined) return known;
    const form = this.#shownAs.push(new Set()) - 1;
    this.#forms.set(text, form);
    return form;
  }

  /**
   * Notes that a response showed an entry in a form.
   *
   * @param response the index among all responses, which are noted in order
   */
  note(id: string, response: number, form: number): void {
    this.#shownAs[form]?.add(id);
    if (response !== this.#response) this.#continued.clear();
    this.#response = response;
    const step = (this.#historyOf.get(id) ?? 0) * MOST_FORMS + form;
    let history = this.#continued.get(step);
    if (history === undefined) {
      this.#histories += 1;
      history = this.#histories;
      this.#continued.set(step, history);
    }
    this.#historyOf.set(id, history);
  }

  /** The ids of the entries that were shown in a form. */
  shownAs(form: number): ReadonlySet<string> {
    return this.#shownAs[form] ?? new Set();
  }

  /** The ids of the entries that no reader can tell apart, in groups; an entry unlike all others is a group of one. */
  groups(): string[][] {
    const groups = new Map<number, string[]>();
    for (const [id, history] of this.#historyOf) {
      const group = groups.get(history);
      if (group === undefined) groups.set(history, [id]);
      else group.push(id);
    }
    return [...groups.values()];
  }
}
