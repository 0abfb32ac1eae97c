import { BankDataError, InvalidResponseError } from "../../base/errors.ts";
import { maskIbans } from "../../base/masking.ts";
import { pathFromOutside, type Query, type SafePath } from "../../pipeline/index.ts";
import { type ListWithUnreadable, type Unreadable, withUnreadable } from "../../schema/list.ts";
import type { Page } from "./models/page.ts";

/** The path and the query of one page. */
export interface PageAddress {
  path: SafePath;
  query: Query;
}

/** A list of requisitions or agreements with more pages than this is taken to be endless; a page holds 100 items. */
export const MAX_LIST_PAGES = 200;

/** The way through the pages of one list: remembers each page, so that no page is read twice. */
export class PageTrail {
  readonly #first: PageAddress;
  readonly #baseUrl: string;
  readonly #limit: { pages: number; advice: string };
  /** Made once there is a second page, which most lists do not have. */
  #visited: Set<string> | undefined;

  /** @param limit how many pages a list may have at most, and what to do if it has more */
  constructor(first: PageAddress, baseUrl: string, limit: { pages: number; advice: string }) {
    this.#first = first;
    this.#baseUrl = baseUrl;
    this.#limit = limit;
  }

  /**
   * The address of the next page; undefined if the list ends here.
   *
   * @param next as the page has it: an absolute URL; null, empty or absent on the last page
   * @throws InvalidResponseError if it leads outside the list (the token is not sent there), to a page that was read
   * already, or past the limit of pages
   */
  after(next: string | null | undefined): PageAddress | undefined {
    if (!next) return undefined;
    const address = addressBelow(next, this.#baseUrl);
    if (address === undefined || !isWithin(address, this.#first)) throw this.#outside(next);
    const identity = identityOf(address);
    this.#visited ??= new Set([identityOf(this.#first)]);
    if (this.#visited.has(identity)) {
      throw this.#endless("link to a page that was read already", "Try again later.");
    }
    const { pages, advice } = this.#limit;
    if (this.#visited.size >= pages) throw this.#endless(`do not end within ${pages} pages`, advice);
    this.#visited.add(identity);
    return address;
  }

  #endless(problem: string, advice: string): InvalidResponseError {
    const path = maskIbans(this.#first.path);
    return unfollowed(`The pages of ${path} ${problem}. An incomplete list is not returned. ${advice}`);
  }

  #outside(next: string): InvalidResponseError {
    const path = maskIbans(this.#first.path);
    // The address itself stays out of the message: it could hold anything, even the token.
    if (!URL.canParse(next, `${this.#baseUrl}/`)) {
      return unfollowed(`The next page of ${path} has an invalid address; it was not followed.`);
    }
    const { origin, pathname } = new URL(this.#baseUrl);
    return unfollowed(
      `The next page of ${path} is outside ${origin}${pathname}${path}; it was not followed.`,
    );
  }
}

function unfollowed(message: string): InvalidResponseError {
  return new InvalidResponseError(message, { status: 200, bodyStart: "" });
}

/** The address of a page, which the service sends as an absolute URL; undefined if it is not below the base URL. */
function addressBelow(next: string, baseUrl: string): PageAddress | undefined {
  if (!URL.canParse(next, `${baseUrl}/`)) return undefined;
  const url = new URL(next, `${baseUrl}/`);
  const base = new URL(baseUrl);
  if (url.origin !== base.origin || !url.pathname.startsWith(`${base.pathname}/`)) return undefined;
  try {
    return pathFromOutside("GET", `${url.pathname.slice(base.pathname.length)}${url.search}`, baseUrl);
  } catch (error) {
    if (error instanceof BankDataError) return undefined;
    throw error;
  }
}

/** Whether a page belongs to the list: another path could lead to another account's transactions. */
function isWithin({ path }: PageAddress, first: PageAddress): boolean {
  return path.startsWith(first.path);
}

/** The same text for every spelling of one address: the order of the query does not count. */
function identityOf({ path, query }: PageAddress): string {
  const pairs = query.map(([name, value]) => JSON.stringify([name, value])).sort();
  return `${path}?${pairs.join("&")}`;
}

/**
 * Iterates over the pages of a list, each requested when it is needed.
 *
 * @throws InvalidResponseError if a page links to one that was read already or outside the list, or past MAX_LIST_PAGES
 */
export async function* iteratePages<T>(
  first: PageAddress,
  baseUrl: string,
  load: (address: PageAddress) => Promise<Page<T>>,
): AsyncGenerator<Page<T>, void, undefined> {
  const trail = new PageTrail(first, baseUrl, {
    pages: MAX_LIST_PAGES,
    advice: "Delete those that are no longer used.",
  });
  for (let address: PageAddress | undefined = first; address !== undefined; ) {
    const page: Page<T> = await load(address);
    yield page;
    address = trail.after(page.next);
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
    for (const item of page.unreadable) unreadable.push(item);
  }
  return withUnreadable(items, unreadable);
}
