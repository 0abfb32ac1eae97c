import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { describeProcesses } from "../archive/database/processes.ts";
import { describeDatabase } from "../archive/database/suite.ts";
import { type Server, startPostgres } from "./servers.ts";

let postgres: Server;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.remove();
});

const place = () => `${postgres.address}?schema=t${randomUUID().replaceAll("-", "")}`;

describeDatabase("Postgres", place);
describeProcesses("Postgres", place);
