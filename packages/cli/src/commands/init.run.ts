import { GoCardlessClient } from "bankdata-core";
import { AuthenticationError } from "bankdata-core/base";
import {
  type Configuration,
  inFile,
  isSameOrigin,
  type Origin,
  originsText,
  originText,
  ownFile,
  surroundings,
  writeCredentials,
} from "../config/index.ts";
import { configurationFor } from "../session/configured.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { isForProgram, note } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { isInteractive, styled, type Terminal } from "../ui/terminal.ts";

/** Where to put the credentials without a prompt. */
const VARIABLES = line`Set GOCARDLESS_SECRET_ID and GOCARDLESS_SECRET_KEY, in the environment or in a .env file in this folder.`;

/**
 * Asks for credentials, checks them, and writes them into the configuration; or says how to do without.
 *
 * @returns what the person has decided to work with
 * @throws CommandFailure without an interactive terminal, or if the service rejects them
 */
export async function init(terminal: Terminal, options: GlobalOptions): Promise<"own" | "sandbox"> {
  if (options.sandbox && isForProgram(options)) {
    terminal.out.json({ file: null });
    return "sandbox";
  }
  if (options.sandbox) {
    terminal.out.line(line`The sandbox needs no credentials: add --sandbox to any command, for example`);
    terminal.out.line();
    terminal.out.line(line`  bankdata connect --sandbox N26_NTSBDEB1`);
    return "sandbox";
  }
  if (!isInteractive(terminal))
    throw new CommandFailure(line`init needs an interactive terminal.`, EXIT.usage, VARIABLES);
  // Read before anything is asked: a broken configuration is reported before a secret is typed.
  const configuration = configurationFor(options);
  const { asked, askedInSecret, chosen } = await import("../ui/prompts.ts");
  const choice = await chosen(
    terminal,
    line`Do you have credentials for the service (bankaccountdata.gocardless.com, User secrets)?`,
    [
      { value: "yes", label: line`Yes`, hint: line`a secret id and a secret key` },
      {
        value: "sandbox",
        label: line`No, show me the sandbox`,
        hint: line`invented banks on this machine`,
      },
    ],
  );
  if (choice === "sandbox") return "sandbox";
  const path = await fileFor(terminal, configuration);
  const secretId = (await asked(terminal, line`Secret id`)).trim();
  const secretKey = (await askedInSecret(terminal, line`Secret key`)).trim();
  await withProgress(terminal, line`Checking the credentials`, () =>
    checkCredentials({ secretId, secretKey }, configuration),
  );
  writeCredentials(path, { secretId, secretKey });
  if (isForProgram(options)) terminal.out.json({ file: path });
  const stored = line` Credentials accepted. They are stored in ${path}, readable by you alone.`;
  if (!isForProgram(options)) terminal.out.line(styled("green", line`✓`), stored);
  const { credentials, sources } = configurationFor(options);
  if (credentials?.secretId !== secretId || credentials.secretKey !== secretKey) {
    const written = inFile(path);
    const other = [sources.secret_id, sources.secret_key].find(
      (source) => source !== undefined && !isSameOrigin(source, written),
    );
    const overriding = other === undefined ? configuration.file : originText(other);
    if (overriding !== null)
      note(
        terminal,
        line`${overriding} overrides the file. Remove it, or the stored credentials are not used.`,
      );
  }
  note(terminal, line`Next: bankdata connect`);
  return "own";
}

/**
 * The file to keep the credentials in: the one that is used, or the user's own. A file of the current folder may be
 * somebody else's, so the person decides whether to use it.
 */
async function fileFor(terminal: Terminal, { file, foreign }: Configuration): Promise<string> {
  const own = ownFile(surroundings());
  if (file !== null && !foreign.file) return rejectForeignUrl(foreign.baseUrl, file);
  if (file === null) return rejectForeignUrl(foreign.baseUrl, own);
  const { chosen } = await import("../ui/prompts.ts");
  const place = await chosen(
    terminal,
    line`This folder has a configuration of its own. Where should the credentials be stored?`,
    [
      { value: "own", label: line`${own}`, hint: line`your own, used in every folder that has none` },
      {
        value: "folder",
        label: line`${file}`,
        hint: line`in the current folder: pick it only if it is yours`,
      },
    ],
  );
  return place === "folder" ? file : rejectForeignUrl(foreign.baseUrl, own);
}

/** Credentials are checked before they are stored, and must not be sent to an address that the current folder chooses. */
function rejectForeignUrl(foreignBaseUrl: readonly Origin[], path: string): string {
  if (foreignBaseUrl.length === 0) return path;
  throw new CommandFailure(
    line`The base URL comes from ${originsText(foreignBaseUrl)}, in the current folder: your credentials would be sent there.`,
    EXIT.usage,
    line`Run bankdata init in another folder, or set BANKDATA_BASE_URL in the environment.`,
  );
}

async function checkCredentials(
  credentials: { secretId: string; secretKey: string },
  { baseUrl, allowHttp }: Configuration,
): Promise<void> {
  await using client = new GoCardlessClient({ ...credentials, baseUrl, allowHttp, cacheOptions: false });
  try {
    await client.token();
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    throw new CommandFailure(
      line`The service rejected the credentials. Nothing was written.`,
      EXIT.failed,
      line`Copy both values completely and run bankdata init again.`,
    );
  }
}
