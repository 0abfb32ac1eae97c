/** The operations of the service by short name, each with its method and path. */
const OPERATIONS = {
  tokenNew: ["POST", /^\/token\/new\/$/],
  tokenRefresh: ["POST", /^\/token\/refresh\/$/],
  institutions: ["GET", /^\/institutions\/$/],
  institution: ["GET", /^\/(institutions|integrations)\/[^/]+\/$/],
  agreements: ["GET", /^\/agreements\/enduser\/$/],
  createAgreement: ["POST", /^\/agreements\/enduser\/$/],
  agreement: ["GET", /^\/agreements\/enduser\/[^/]+\/$/],
  deleteAgreement: ["DELETE", /^\/agreements\/enduser\/[^/]+\/$/],
  acceptAgreement: ["PUT", /^\/agreements\/enduser\/[^/]+\/accept\/$/],
  reconfirmation: ["GET", /^\/agreements\/enduser\/[^/]+\/reconfirm\/$/],
  createReconfirmation: ["POST", /^\/agreements\/enduser\/[^/]+\/reconfirm\/$/],
  requisitions: ["GET", /^\/requisitions\/$/],
  createRequisition: ["POST", /^\/requisitions\/$/],
  requisition: ["GET", /^\/requisitions\/[^/]+\/$/],
  deleteRequisition: ["DELETE", /^\/requisitions\/[^/]+\/$/],
  account: ["GET", /^\/accounts\/[^/]+\/$/],
  balances: ["GET", /^\/accounts\/[^/]+\/balances\/$/],
  details: ["GET", /^\/accounts\/[^/]+\/details\/$/],
  transactions: ["GET", /^\/accounts\/[^/]+\/transactions\/$/],
} as const satisfies Record<string, readonly [string, RegExp]>;

/**
 * The short name of an operation of the service: `balances` is `GET /accounts/{id}/balances/`.
 *
 * @useDeclaredType
 */
export type Operation = keyof typeof OPERATIONS;

/** All short names. */
export const OPERATION_NAMES: readonly string[] = Object.keys(OPERATIONS);

/** Whether a name is the short name of an operation. */
export function isOperation(name: string): name is Operation {
  return Object.hasOwn(OPERATIONS, name);
}

/** Whether a request calls an operation. To the service, HEAD is a GET whose body it does not send. */
export function isOf(operation: Operation, method: string, path: string): boolean {
  const [wanted, pattern] = OPERATIONS[operation];
  return wanted === (method === "HEAD" ? "GET" : method) && pattern.test(path);
}
