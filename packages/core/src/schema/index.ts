/**
 * How JSON from outside becomes values: amounts keep every digit, unknown members are kept, and one unreadable item of a
 * list does not affect the others. Models are built from fields.ts, as-sent.ts and list.ts; this face is for other packages.
 */

import "../base/supported-node.ts";

export { type ListWithUnreadable, type Unreadable, withUnreadable } from "./list.ts";
