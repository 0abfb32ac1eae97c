import { BankDataError, InvalidResponseError } from "../../base/errors.ts";
import { maskIbans } from "../../base/masking.ts";
import { pathFromOutside, type Query, type SafePath } from "../../pipeline/index.ts";
import { type ListWithUnreadable, type Unreadable, withUnreadable } from "../../schema/list.ts";

/** A path with its query, as a page is asked for. */
export interface PageAddress {
  path: SafePath;
  query: Query;
}

/** One page: its items, those that could not be understood, and the address of the next. */
export interface Page<T> {
  results: T[];
  unreadable: readonly Unreadable[];
  next?: string | null | undefined;
}

/** A list of requisitions or agreements with more pages than this is taken to have no end; a page holds 100 items. */
export const MAX_LIST_PAGES = 200;

/** The way through the pages of one list: knows where it has been, and ends on a page that leads nowhere new. */
export class PageTrail {
  readonly #first: PageAddress;
  readonly #baseUrl: string;
  readonly #limit: { pages: number; advice: string };
  readonly #seen: Set<string>;

  /** @param limit how many pages a list may have at most, and what to do if it has more */
  constructor(first: PageAddress, baseUrl: string, limit: { pages: number; advice: string }) {
    this.#first = first;
    this.#baseUrl = baseUrl;
    this.#limit = limit;
    this.#seen = new Set([signOf(first)]);
  }

  /**
   * The address of the next page; undefined if the list ends here.
   *
   * @param next as a page gives it: an absolute URL; null, empty or absent on the last page
   * @throws InvalidResponseError if it leads elsewhere (the token is not sent there), to a page that was read already,
   * or past the limit of pages
   */
  after(next: string | null | undefined): PageAddress | undefined {
    if (!next) return undefined;
    const address = addressBelow(next, this.#baseUrl);
    if (address === undefined || !isWithin(address, this.#first)) throw this.#elsewhere(next);
    const sign = signOf(address);
    if (this.#seen.has(sign)) {
      throw this.#noEnd("go in a circle: one leads to a page that was read already", "Try again later.");
    }
    const { pages, advice } = this.#limit;
    if (this.#seen.size >= pages) throw this.#noEnd(`do not end within ${pages} pages`, advice);
    this.#seen.add(sign);
    return address;
  }

  #noEnd(what: string, advice: string): InvalidResponseError {
    const path = maskIbans(this.#first.path);
    return unfollowed(
      `The pages of ${path} ${what}. A part of the list is not given as the whole. ${advice}`,
    );
  }

  #elsewhere(next: string): InvalidResponseError {
    const { origin, pathname } = new URL(this.#baseUrl);
    // Not which: what a list names as a host may be anything, the token too.
    const where = URL.canParse(next, `${this.#baseUrl}/`) ? "another place" : "an address that is none";
    const path = maskIbans(this.#first.path);
    return unfollowed(
      `The list ${path} goes on at ${where}, outside ${origin}${pathname}${path}: it is not followed.`,
    );
  }
}

function unfollowed(message: string): InvalidResponseError {
  return new InvalidResponseError(message, { status: 200, bodyStart: "" });
}

/** The service gives the address of a page as an absolute URL; undefined if that is not below the base URL. */
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

/** Another path holds other things: pages of another account would mix its transactions with these. */
function isWithin({ path }: PageAddress, first: PageAddress): boolean {
  return withSlash(path).startsWith(withSlash(first.path));
}

/** What two spellings of one address have in common: the order of the query does not count, nor a slash at the end. */
function signOf({ path, query }: PageAddress): string {
  const pairs = query.map(([name, value]) => JSON.stringify([name, value])).sort();
  return `${withSlash(path)}?${pairs.join("&")}`;
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

/**
 * Goes through the pages of a list, each asked for when it is needed.
 *
 * @throws InvalidResponseError if they go in a circle, elsewhere, or on past MAX_LIST_PAGES
 */
export async function* iteratePages<T>(
  first: PageAddress,
  baseUrl: string,
  load: (address: PageAddress) => Promise<Page<T>>,
): AsyncGenerator<Page<T>, void, undefined> {
  const trail = new PageTrail(first, baseUrl, {
    pages: MAX_LIST_PAGES,
    advice: "Delete the ones that are not used any more.",
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
