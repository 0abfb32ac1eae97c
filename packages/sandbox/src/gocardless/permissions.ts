/** What the sandbox's company may do. */
export interface Permissions {
  /** Accept agreements by the API, instead of the end user on the page. @default true */
  acceptAgreements?: boolean | undefined;
  /** Use reconfirmation. @default true */
  reconfirmation?: boolean | undefined;
}
