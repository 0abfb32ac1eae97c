// What an editor shows of the public types (names, docstrings and errors), as TypeScript's language service reports it.
// The types themselves are tested in test/core/providers/gocardless/types, by the compiler.

import { resolve, sep } from "node:path";
import ts from "typescript";
import { beforeAll, expect, it } from "vitest";

/** The repository, with `/` on every system, as the compiler writes paths. */
const root = resolve(import.meta.dirname, "..").replaceAll(sep, "/");

/** Programs that are not on disk, by their path; each imports the packages as a user does. */
const programs = {
  calls: `
    import { Account, GoCardlessClient, Transaction } from "bankdata-core";

    const client = new GoCardlessClient({ secretId: "id", secretKey: "key" });
    const id = "7e944232-bda9-40bc-b784-660c7ab5fe78";

    for (const transaction of (await client.getAccountTransactions(id)).transactions.booked) {
      transaction.bookingDate;
      const amount = transaction.transactionAmount;
      const money = transaction.transactionAmount.amount;
    }
    const transactions = await client.getAccountTransactions(id);
    const lists = transactions.transactions;
    const account = await client.getAccount(id);
    const details = await client.getAccountDetails(id);
    const balances = await client.getAccountBalances(id);
    for (const balance of balances.balances) balance.balanceAmount;
    const requisition = await client.getRequisition(id);
    const deleted = await client.deleteRequisition(id);
    const agreement = await client.getAgreement(id);
    const reconfirmation = await client.getReconfirmation(id);
    const institution = await client.getInstitution(id);
    const institutions = await client.getInstitutions("GB");
    const page = await client.getRequisitionsPaginated();
    for (const requisitionOfPage of page.results) requisitionOfPage.status;
    const pageOfAgreements = await client.getAgreementsPaginated();
    for await (const iterated of client.iterateAgreements()) iterated.accepted;
    const accounts = await client.getAllAccounts();
    for (const info of accounts) info.requisition_id;
    const ofSchema = await client.get("/accounts/" + id + "/", {}, { schema: Account });
    const parsed = Transaction.parse({});
    const envelope = await client.withMeta.getAccount(id);
    const withMeta = envelope.value;
  `,
  packages: `
    import "bankdata-core";
    import "bankdata-archive";
    import "bankdata-sandbox";
  `,
  misspelt: `
    import { GoCardlessClient } from "bankdata-core";

    const client = new GoCardlessClient({ secretId: "id", secretKey: "key" });
    for (const transaction of (await client.getAccountTransactions("id")).transactions.booked) {
      transaction.bokingDate;
    }
  `,
  unknownMember: `
    import { GoCardlessClient } from "bankdata-core";

    const client = new GoCardlessClient({ secretId: "id", secretKey: "key" });
    await client.createAgreement({ institution_id: "N26_NTSBDEB1", colour: "blue" });
  `,
  misspeltMember: `
    import { GoCardlessClient } from "bankdata-core";

    const client = new GoCardlessClient({ secretId: "id", secretKey: "key" });
    await client.createAgreement({ institution_id: "N26_NTSBDEB1", max_historic_days: 90 });
  `,
};

type ProgramName = keyof typeof programs;

const pathOf = (name: string) => `${root}/test/${name}.in-memory.ts`;
const texts = new Map(Object.entries(programs).map(([name, text]) => [pathOf(name), text]));

/** The repository's own options, with which the name of a package resolves to its sources. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  // Only the options are wanted, not the list of files.
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  // The programs declare variables only to be hovered.
  return { ...options, noUnusedLocals: false };
}

const options = compilerOptions();
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  getScriptFileNames: () => [...texts.keys()],
  getScriptVersion: () => "1",
  getScriptSnapshot: (file) => {
    const text = texts.get(file) ?? ts.sys.readFile(file);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
  realpath: (path) => ts.sys.realpath?.(path) ?? path,
  fileExists: (file) => texts.has(file) || ts.sys.fileExists(file),
  readFile: (file) => texts.get(file) ?? ts.sys.readFile(file),
});

/** What an editor shows for a name in the program of calls, where it first follows some other text. */
function hover(before: string, name: string): { type: string; docstring: string } {
  const at = programs.calls.search(new RegExp(`(?<=${before})${name}\\b`));
  if (at === -1) throw new Error(`${name} does not follow ${before} in the program`);
  const info = service.getQuickInfoAtPosition(pathOf("calls"), at);
  return {
    type: ts.displayPartsToString(info?.displayParts),
    docstring: ts.displayPartsToString(info?.documentation),
  };
}

/** The errors in a program: code and message. */
function errorsIn(name: ProgramName): { code: number; message: string }[] {
  const path = pathOf(name);
  return [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].map(
    ({ code, messageText }) => ({ code, message: ts.flattenDiagnosticMessageText(messageText, "\n") }),
  );
}

function loadedProgram(): ts.Program {
  const program = service.getProgram();
  if (program === undefined) throw new Error("the language service has no program");
  return program;
}

beforeAll(() => {
  loadedProgram();
}, 60_000);

it("the packages can be used without a type error", () => {
  expect(errorsIn("calls")).toEqual([]);
  expect(errorsIn("packages")).toEqual([]);
});

it.each([
  ["transaction", "Transaction"],
  ["amount", "Amount"],
  ["money", "string"],
  ["transactions", "AccountTransactions"],
  ["lists", "TransactionLists"],
  ["account", "Account"],
  ["details", "AccountDetails"],
  ["balances", "AccountBalances"],
  ["balance", "Balance"],
  ["requisition", "Requisition"],
  ["deleted", "DeletionReport"],
  ["agreement", "EndUserAgreement"],
  ["reconfirmation", "Reconfirmation"],
  ["institution", "Institution"],
  ["institutions", "Institutions"],
  ["page", "RequisitionPage"],
  ["requisitionOfPage", "Requisition"],
  ["pageOfAgreements", "EndUserAgreementPage"],
  ["iterated", "EndUserAgreement"],
  ["accounts", "ListWithUnreadable<AccountInfo>"],
  ["info", "AccountInfo"],
  ["ofSchema", "Account"],
  ["parsed", "Transaction"],
  ["envelope", "Envelope<Account>"],
  ["withMeta", "Account"],
])("hovering %s shows the type %s", (name, type) => {
  expect(hover("const ", name).type).toBe(`const ${name}: ${type}`);
});

/** A member that a user sees of what a package exports. */
interface Member {
  /** `Transaction.bookingDate`, by the interface or class that declares it. */
  name: string;
  /** The file that declares it, from the repository's root. */
  file: string;
  docstring: string;
}

function isMember(declaration: ts.Declaration): declaration is ts.TypeElement | ts.ClassElement {
  const isHidden =
    (ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !==
    0;
  const name = ts.getNameOfDeclaration(declaration);
  if (isHidden || name === undefined || ts.isPrivateIdentifier(name)) return false;
  return (
    ts.isPropertySignature(declaration) ||
    ts.isMethodSignature(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isMethodDeclaration(declaration) ||
    ts.isAccessor(declaration)
  );
}

/** The members of every interface and class that a package exports, inherited ones included, each once. */
function membersOf(packageName: string): Member[] {
  const program = loadedProgram();
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(`${root}/packages/${packageName}/src/index.ts`);
  const face = entry && checker.getSymbolAtLocation(entry);
  if (face === undefined) throw new Error(`${packageName} was not imported from its sources`);
  const members = new Map<ts.Declaration, Member>();
  for (const exported of checker.getExportsOfModule(face)) {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    for (const member of [...typeMembers(symbol, checker), ...(symbol.exports?.values() ?? [])]) {
      for (const declaration of member.declarations ?? []) {
        const file = declaration.getSourceFile().fileName.replace(`${root}/`, "");
        if (!isMember(declaration) || !/^packages\/[^/]+\/src\//.test(file)) continue;
        const { parent } = declaration;
        const owner =
          ts.isInterfaceDeclaration(parent) || ts.isClassLike(parent) ? parent.name?.text : undefined;
        members.set(declaration, {
          name: `${owner ?? exported.name}.${member.name}`,
          file,
          docstring: ts.displayPartsToString(member.getDocumentationComment(checker)),
        });
      }
    }
  }
  return [...members.values()];
}

/** The members of the type that a symbol names; of a union, those of each of its types. */
function typeMembers(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  return (type.isUnion() ? type.types : [type]).flatMap((one) => checker.getPropertiesOfType(one));
}

function withoutDocstring(members: readonly Member[]): string[] {
  return members
    .filter(({ docstring }) => docstring.trim() === "")
    .map(({ name, file }) => `${file}: ${name}`);
}

it("hovering a member shows its docstring", () => {
  const { type, docstring } = hover("transaction\\.", "bookingDate");
  expect(type).toBe("(property) Transaction.bookingDate?: string | null | undefined");
  expect(docstring).toMatch(/^When the bank booked it/);
});

it("every member of the models of GoCardless has a docstring", () => {
  const models = membersOf("core").filter(({ file }) => file.includes("/gocardless/models/"));
  expect(models.map(({ name }) => name)).toContain("Transaction.bookingDate");
  expect(withoutDocstring(models)).toEqual([]);
});

it.each([
  ["core", "ServiceMethods.getAccount"],
  ["archive", "Ledger.skipped"],
  ["sandbox", "Sandbox.baseUrl"],
])("every member of what %s exports has a docstring", (packageName, known) => {
  const members = membersOf(packageName);
  expect(members.map(({ name }) => name)).toContain(known);
  expect(withoutDocstring(members)).toEqual([]);
});

it("a misspelt member that is read is an error that names the right one", () => {
  expect(errorsIn("misspelt")).toEqual([
    {
      code: 2551,
      message: "Property 'bokingDate' does not exist on type 'Transaction'. Did you mean 'bookingDate'?",
    },
  ]);
});

it("a misspelt member of a request is an error that names the right one", () => {
  expect(errorsIn("misspeltMember")).toEqual([
    { code: 2561, message: expect.stringContaining("Did you mean to write 'max_historical_days'?") },
  ]);
});

it("a member that a request does not have is an error that names the request", () => {
  expect(errorsIn("unknownMember")).toEqual([
    {
      code: 2353,
      message: expect.stringContaining("'colour' does not exist in type 'CreateAgreementRequest'"),
    },
  ]);
});
