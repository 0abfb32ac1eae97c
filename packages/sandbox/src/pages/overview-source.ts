import type { SandboxBank } from "../banks/index.ts";
import type { TimeSpan } from "../world/clock.ts";

/** What the overview page shows and does for a service. */
export interface OverviewSource {
  /** The name of the service that the sandbox stands in for. */
  service: string;
  /** The path of its base URL. */
  basePath: string;
  /** A first request, as a shell command. */
  firstRequest: (origin: string) => string;
  /** The state that the page lists. */
  view: () => OverviewView;
  /** All banks, including those that have left the service. */
  banks: Iterable<SandboxBank>;
  /** Whether a bank can be connected: it has not left the service. */
  isOffered: (bankId: string) => boolean;
  /**
   * Begins to connect a bank, with all that it grants. The end user comes back to the overview at this origin. Returns the
   * path of the consent page.
   *
   * @param pages the origin of the link that clients read
   * @throws ControlError if the bank cannot be connected
   */
  connect: (bankId: string, origin: string, pages: string) => string;
  /**
   * The consent with which the end user came back to the overview at this origin, by the query that the service added to
   * the address; undefined if it names none.
   */
  returned: (query: URLSearchParams, origin: string) => ReturnedConsent | undefined;
  /** The faults that the page offers: the label of each, by name. */
  offered: Readonly<Record<string, string>>;
  /** The operations to which a fault can be limited. */
  operations: readonly string[];
  /** Injects one of the offered faults, for one operation or, if it is undefined, for all. */
  inject: (what: string, times: number, operation: string | undefined) => void;
  clearFaults: () => void;
  advanceTime: (span: TimeSpan) => void;
}

/** The state that the page lists, each list with the oldest first. */
export interface OverviewView {
  now: string;
  consents: readonly {
    id: string;
    bank: string;
    status: string;
    statusWord: string;
    reference: string;
    accounts: number;
    /** The path of its consent page; undefined once the end user has decided. */
    page: string | undefined;
  }[];
  accounts: readonly { id: string; name: string; iban: string | null; bank: string; status: string }[];
  requests: readonly { at: string; method: string; path: string; status: number }[];
  faults: readonly Readonly<Record<string, unknown>>[];
}

/** What became of a consent, in words. */
export interface ReturnedConsent {
  id: string;
  bank: string;
  reference: string;
  /** What happened, in one sentence without a full stop. */
  title: string;
  /** Sentences that say more, or what to do next; empty if there is nothing to say. */
  text: string;
  /**
   * Whether the accounts can be read, the end user or the bank has yet to act, or neither will happen with this consent.
   */
  stage: "connected" | "waiting" | "over";
  /** The ids of its accounts. */
  accounts: readonly string[];
  /** Shell commands that read the consent and its first account, as a client does, in this order. */
  requests: readonly string[];
}
