import { comparableNumber } from "bankdata-core/bank";
import { z } from "zod";
import type { Configuration } from "../config/index.ts";
import { configurationFor } from "../session/configured.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import { offlineClient } from "../session/offline-client.ts";
import { isSameNumber } from "./account-names.ts";

/** A name that can be typed, and what it stands for. */
interface Name {
  word: string;
  meaning: string;
}

/** The names of accounts and connections, as far as they are configured or cached. */
export interface KnownNames {
  accounts: Name[];
  references: Name[];
}

const connection = z.object({
  id: z.string(),
  reference: z.string().nullish(),
  institution_id: z.string().nullish(),
  accounts: z.array(z.string()).nullish(),
});
type KnownConnection = z.infer<typeof connection>;

const metadata = z.object({
  id: z.string(),
  iban: z.string().nullish(),
  institution_id: z.string().nullish(),
});
type KnownAccount = z.infer<typeof metadata>;

/** This many characters at the end of an IBAN tell accounts apart, and do not give the number away. */
const END = 4;

/**
 * The names that a person can type for accounts and connections. Reads the configuration and the cache, even what is no
 * longer fresh; sends no request, and makes no file.
 *
 * @throws ConfigurationError if the configuration cannot be used
 */
export async function knownNames(options: GlobalOptions): Promise<KnownNames> {
  const configuration = configurationFor(options);
  const { connections, accounts } = await cached(configuration, options);
  const linked = new Set(connections.flatMap((one) => one.accounts ?? []));
  const known = accounts.filter(({ id }) => linked.has(id));
  return {
    accounts: accountNames(configuration.accounts, known),
    references: connections.map(({ id, reference, institution_id }) => ({
      word: reference || id,
      meaning: institution_id ?? "",
    })),
  };
}

/** The person's own names first; an account without one is named by the end of its IBAN, or by its id. */
function accountNames(configured: Configuration["accounts"], known: readonly KnownAccount[]): Name[] {
  const names: Name[] = configured.flatMap(({ alias, id, iban }) =>
    alias === undefined ? [] : [{ word: alias, meaning: iban === undefined ? (id ?? "") : ending(iban) }],
  );
  const ends = known.map(({ iban }) => iban?.slice(-END));
  for (const { id, iban, institution_id } of known) {
    const isNamed = configured.some(
      (one) => one.alias !== undefined && (isSameNumber(one.id, id) || isSameNumber(one.iban, iban)),
    );
    if (isNamed) continue;
    const end = iban?.slice(-END);
    const isUnique = end !== undefined && ends.filter((other) => other === end).length === 1;
    names.push({ word: isUnique ? end : id, meaning: institution_id ?? "" });
  }
  return names;
}

function ending(iban: string): string {
  return `IBAN that ends in ${comparableNumber(iban).slice(-END)}`;
}

async function cached(configuration: Configuration, options: GlobalOptions) {
  const connections = new Map<string, KnownConnection>();
  const accounts = new Map<string, KnownAccount>();
  await using client = await offlineClient(configuration, options);
  for await (const { path, body } of responses(client)) {
    if (path === "/requisitions/") {
      for (const one of z.object({ results: z.array(connection) }).safeParse(body).data?.results ?? [])
        connections.set(one.id, one);
    }
    const account = /^\/accounts\/[^/]+\/$/.test(path) ? metadata.safeParse(body).data : undefined;
    if (account !== undefined) accounts.set(account.id, account);
  }
  return { connections: [...connections.values()], accounts: [...accounts.values()] };
}

/** The cached lists of connections and accounts' metadata. */
async function* responses(client: Awaited<ReturnType<typeof offlineClient>>) {
  const cache = client?.cache;
  if (cache === undefined) return;
  for await (const { key, path } of cache.entries()) {
    if (!/^\/requisitions\/$|^\/accounts\/[^/]+\/$/.test(path)) continue;
    const body: unknown = JSON.parse((await cache.get(key))?.body ?? "null");
    yield { path, body };
  }
}
