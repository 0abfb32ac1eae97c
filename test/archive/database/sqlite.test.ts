import { join } from "node:path";
import { temporaryFolder } from "../../support/folder.ts";
import { describeDatabase } from "./suite.ts";

describeDatabase("SQLite", () => join(temporaryFolder(), "archive.sqlite"));
