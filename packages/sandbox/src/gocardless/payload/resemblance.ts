import type { Observation } from "../../banks/index.ts";

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
  /** The numbers of histories: a history is the one before it, and the answer and the form that continue it. */
  readonly #histories = new Map<string, number>();
  /** The number of the history of each entry, by its id. */
  readonly #historyOf = new Map<string, number>();

  /** The number of a form. @param stable the stable part of the entry, as text */
  formOf(status: Observation["status"], stable: string): number {
    const text = `${status} ${stable}`;
    const known = this.#forms.get(text);
    if (known !== undefined) return known;
    const form = this.#shownAs.push(new Set()) - 1;
    this.#forms.set(text, form);
    return form;
  }

  /** Notes that an answer showed an entry in a form. @param answer the index among all answers, which are noted in order */
  note(id: string, answer: number, form: number): void {
    this.#shownAs[form]?.add(id);
    const step = `${this.#historyOf.get(id) ?? ""} ${answer} ${form}`;
    const history = this.#histories.get(step) ?? this.#histories.size;
    this.#histories.set(step, history);
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
