import type { Observation, TrueTransaction } from "../banks/index.ts";

/** An observation whose form other entries have had, too. */
interface Ambiguous {
  entry: string;
  observation: Observation;
}

/**
 * A text for each observation whose form other entries have had, too; those of one form have the same text.
 *
 * The truth says which entries have had a form, but not which members of the payload its bank changes with each response.
 * These are the fewest members without which every two entries that the truth calls indistinguishable have equal payloads.
 */
export function sharedForms(truth: readonly TrueTransaction[]): Map<Observation, string> {
  const ambiguous = truth.flatMap(({ id, observed }) =>
    observed
      .filter(({ indistinguishableFrom }) => indistinguishableFrom.length > 0)
      .map((observation) => ({ entry: id, observation })),
  );
  const unstable = new Set<string>();
  for (;;) {
    const forms = new Map(ambiguous.map(({ observation }) => [observation, formOf(observation, unstable)]));
    const more = unstableMembers(ambiguous, forms);
    if (more.every((name) => unstable.has(name))) return forms;
    for (const name of more) unstable.add(name);
  }
}

function formOf({ status, payload }: Observation, unstable: ReadonlySet<string>): string {
  const stable = Object.entries(payload).filter(([name]) => !unstable.has(name));
  return `${status} ${JSON.stringify(stable)}`;
}

/** The members that make the first observation differ from another that the truth calls indistinguishable, if any does. */
function unstableMembers(
  ambiguous: readonly Ambiguous[],
  forms: ReadonlyMap<Observation, string>,
): readonly string[] {
  const shownAs = new Map<string, Set<string>>();
  for (const { entry, observation } of ambiguous) {
    const form = forms.get(observation) ?? "";
    shownAs.set(form, (shownAs.get(form) ?? new Set()).add(entry));
  }
  for (const { observation } of ambiguous) {
    const known = shownAs.get(forms.get(observation) ?? "");
    const missing = observation.indistinguishableFrom.find((other) => !known?.has(other));
    if (missing === undefined) continue;
    const differences = ambiguous
      .filter(({ entry, observation: { status } }) => entry === missing && status === observation.status)
      .map((other) => differingMembers(observation.payload, other.observation.payload));
    // Another form differs in the members that change with each response, and in others besides.
    const [fewest] = differences.sort((a, b) => a.length - b.length);
    if (fewest !== undefined && fewest.length > 0) return fewest;
  }
  return [];
}

function differingMembers(one: Record<string, unknown>, other: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}
