export { type ListWithUnreadable, type Unreadable, withUnreadable } from "./list.ts";
