import { join } from "node:path";
import { temporaryFolder } from "../../support/folder.ts";
import { describeProcesses } from "./processes.ts";
import { describeDatabase } from "./suite.ts";

const place = () => join(temporaryFolder(), "archive.sqlite");

describeDatabase("SQLite", place);
describeProcesses("SQLite", place);
