/** The library has declarations that its package.json does not expose; these are the ones that tests need. */
declare module "nordigen-node" {
  interface Account {
    getMetadata(): Promise<unknown>;
    getBalances(): Promise<unknown>;
    getDetails(): Promise<unknown>;
    getTransactions(range?: { dateFrom: string; dateTo: string }): Promise<unknown>;
  }
  export default class NordigenClient {
    constructor(options: { secretId: string; secretKey: string; baseUrl?: string });
    token: string;
    institution: { getInstitutions(filter: { country: string }): Promise<unknown> };
    requisition: {
      getRequisitionById(id: string): Promise<unknown>;
      deleteRequisition(id: string): Promise<unknown>;
    };
    generateToken(): Promise<unknown>;
    exchangeToken(token: { refreshToken: string }): Promise<unknown>;
    initSession(session: {
      redirectUrl: string;
      institutionId: string;
      referenceId: string;
    }): Promise<unknown>;
    account(id: string): Account;
  }
}
