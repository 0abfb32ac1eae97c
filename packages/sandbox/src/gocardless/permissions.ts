/** What the company that owns the credentials may do. */
export interface Permissions {
  /** Accept agreements through the API instead of on the consent page. @default true */
  acceptAgreements?: boolean | undefined;
  /** Use reconfirmation. @default true */
  reconfirmation?: boolean | undefined;
}
