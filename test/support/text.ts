import type { Readable } from "node:stream";

/**
 * Hands on the text of a process or a socket as it comes. A chunk may end within a character, so chunks must not be
 * decoded one by one.
 */
export function onText(stream: Readable | null, take: (text: string) => void): void {
  stream?.setEncoding("utf8").on("data", take);
}
