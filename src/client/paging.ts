import { UnreadableAnswerError } from "../errors.ts";
import { pathFromOutside, type SafePath } from "../http/path.ts";
import { type ListWithUnreadable, type Unreadable, withUnreadable } from "../models/list.ts";

/** A path with its query, as a page is asked for. */
export interface PageAddress {
  path: SafePath;
  query: readonly (readonly [string, string])[];
}

/** One page: its items, those that could not be understood, and the address of the next. */
export interface Page<T> {
  results: T[];
  unreadable: readonly Unreadable[];
  next?: string | null | undefined;
}

/**
 * The address of the next page, which the service gives as an absolute URL.
 *
 * @throws UnreadableAnswerError where it leads to another origin: the token is not sent there
 */
export function nextAddress(next: string, baseUrl: string): PageAddress {
  const url = URL.canParse(next, `${baseUrl}/`) ? new URL(next, `${baseUrl}/`) : undefined;
  const base = new URL(baseUrl);
  if (url === undefined || url.origin !== base.origin || !url.pathname.startsWith(`${base.pathname}/`)) {
    throw new UnreadableAnswerError(
      `The list goes on at ${url?.origin ?? "an address that is none"}, which is not ${base.origin}${base.pathname}: it is not followed.`,
      { status: 200, bodyStart: "" },
    );
  }
  return pathFromOutside(`${url.pathname.slice(base.pathname.length)}${url.search}`, baseUrl);
}

/** Goes through the pages of a list, each asked for when it is needed. @throws UnreadableAnswerError where they go in a circle */
export async function* iteratePages<T>(
  first: PageAddress,
  baseUrl: string,
  load: (address: PageAddress) => Promise<Page<T>>,
): AsyncGenerator<Page<T>, void, undefined> {
  const seen = new Set<string>();
  for (let address: PageAddress | undefined = first; address !== undefined; ) {
    const page: Page<T> = await load(address);
    yield page;
    if (typeof page.next === "string" && seen.has(page.next)) {
      throw new UnreadableAnswerError(`The pages of ${first.path} go in a circle.`, {
        status: 200,
        bodyStart: "",
      });
    }
    if (typeof page.next === "string") seen.add(page.next);
    address = page.next ? nextAddress(page.next, baseUrl) : undefined;
  }
}

/** All items of all pages. */
export async function collectPages<T>(
  pages: AsyncGenerator<Page<T>, void, undefined>,
): Promise<ListWithUnreadable<T>> {
  const items: T[] = [];
  const unreadable: Unreadable[] = [];
  for await (const page of pages) {
    for (const item of page.results) items.push(item);
    unreadable.push(...page.unreadable);
  }
  return withUnreadable(items, unreadable);
}
