/** The version of the rules: a larger one may tell transactions apart in another way. */
export const RULES_VERSION = 1;

/** By which rule a row was recognised, as a person is told; the surest first. */
export const RULES = {
  decided: "decided by the user",
  unchanged: "same content",
  repeated: "repeats another row of the response",
  sameContentAndId: "same content and id",
  sameContent: "same content, other ids",
  sameId: "same id and amount",
  sameDaysAndName: "same amount, dates and name",
  sameDaysAndText: "same amount, dates and text",
  movedDate: "same amount, name and text, other date",
  redated: "pending, dated anew",
  adjusted: "pending, adjusted in place",
  settled: "pending entry with the same amount",
  settledOtherwise: "pending entry whose amount changed",
  signRestored: "pending entry whose amount had no sign",
  replaced: "takes the place of a missing entry",
  corrected: "same id, corrected amount",
  signTurned: "sign turned round",
  lingered: "pending entry that was still shown beside it",
  takenBack: "its double was taken back",
  new: "new",
  possibleDouble: "new, with the id of another entry",
} as const;

export type Rule = (typeof RULES)[keyof typeof RULES];

/** Whether a rule moves earlier rows to another transaction, and recognises none. */
export function isMove(rule: string): boolean {
  return rule === RULES.lingered || rule === RULES.takenBack;
}
