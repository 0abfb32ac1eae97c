export type {
  ArchivedStatus,
  Entry,
  Known,
  KnownTransaction,
  Move,
  Reading,
  Recognition,
  Response,
  Row,
} from "./model.ts";
export { RULES_VERSION, readResponse } from "./read-response.ts";
