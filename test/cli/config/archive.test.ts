import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { maskedLocation } from "../../../packages/cli/src/config/index.ts";
import { archivePlace } from "../../../packages/cli/src/session/archive-location.ts";
import { GoCardlessClient } from "../../../packages/core/src/index.ts";
import { cwd, failure, load, put } from "./in-folder.ts";

const URL = "postgres://me:secret@db.example/bank";

describe("where the archive is", () => {
  it("the command line overrides the environment, which overrides the file, which overrides the data folder", async () => {
    const usual = { location: join(cwd, "home/.local/share/bankdata/archive.sqlite"), isNamed: false };
    expect(load().archive).toEqual(usual);
    expect(load({ XDG_DATA_HOME: "/data" }).archive.location).toBe("/data/bankdata/archive.sqlite");
    await put("bankdata.yaml", "archive: kept/mine.sqlite");
    expect(load().archive).toEqual({ location: join(cwd, "kept/mine.sqlite"), isNamed: true });
    const env = { BANKDATA_ARCHIVE: "~/b.sqlite" };
    expect(load(env).archive.location).toBe(join(cwd, "home/b.sqlite"));
    expect(load(env, { archive: "c.sqlite" }).archive.location).toBe(join(cwd, "c.sqlite"));
    expect(load({ BANKDATA_ARCHIVE: URL }).archive).toEqual({ location: URL, isNamed: true });
  });

  it("a file of the current folder names no place outside of it, and no database", async () => {
    await put("bankdata.yaml", "archive: ../out.sqlite");
    expect(failure()).toContain("bankdata.yaml, line 1: archive leads out of");
    await put("bankdata.yaml", `archive: ${URL}`);
    expect(failure()).toContain("archive cannot be a database if it is set by a file of the current folder");
    expect(failure()).not.toContain("secret");
    expect(load({}, { config: "bankdata.yaml" }).archive.location).toBe(URL);
  });

  it("a password is neither taken from the command line nor shown", () => {
    expect(failure({}, { archive: URL })).toContain("The URL of --archive contains a password");
    expect(failure({}, { archive: "postgres://db/x?password=secret" })).toContain("contains a password");
    expect(load({}, { archive: "postgres://db/x" }).archive.location).toBe("postgres://db/x");
    expect(maskedLocation(URL)).toBe("postgres://me:***@db.example/bank");
    expect(maskedLocation("postgres://db/x?password=secret")).toBe("postgres://db/x?password=***");
    expect(maskedLocation("postgres://[secret")).toBe("the Postgres database");
  });

  it("the sandbox and every other address have one of their own, which is never a database", () => {
    const archive = { location: "/home/me/mine.sqlite", isNamed: true };
    const at = (baseUrl: string | undefined, sandbox = false) =>
      archivePlace({ archive, baseUrl }, { sandbox }).location;
    expect(at(undefined)).toBe("/home/me/mine.sqlite");
    expect(at(`${GoCardlessClient.BASE_URL}/`)).toBe("/home/me/mine.sqlite");
    expect(at(undefined, true)).toBe("/home/me/mine.sandbox.sqlite");
    const [one, other] = [at("http://127.0.0.1:8000/api/v2"), at("http://127.0.0.1:8000/other")];
    expect(one).toMatch(/^\/home\/me\/mine\.127\.0\.0\.1-8000-[0-9a-f]{8}\.sqlite$/);
    expect(one).not.toBe(other);
    const database = archivePlace(
      { archive: { location: URL, isNamed: true }, baseUrl: undefined },
      { sandbox: true },
    );
    expect(database.location).toMatch(/bankdata\/archive\.sandbox\.sqlite$/);
  });

  it("an account may have a first date, which is a calendar date", async () => {
    await put("bankdata.yaml", "accounts: [{ id: a, start: 2026-01-31 }]");
    expect(load().accounts).toEqual([{ id: "a", start: "2026-01-31" }]);
    await put("bankdata.yaml", "accounts: [{ id: a, start: 2026-02-31 }]");
    expect(failure()).toContain("start cannot be used: must be a date such as 2026-01-31");
  });
});
