import { fstatSync, writeSync } from "node:fs";

/** The file descriptor of a stream that is a file or a device; undefined if it is a terminal, a pipe or a socket. */
export function fileOf(stream: NodeJS.WriteStream): number | undefined {
  if (stream.isTTY === true || !("fd" in stream)) return undefined;
  const { fd } = stream;
  if (typeof fd !== "number" || fd < 0) return undefined;
  const found = fstatSync(fd);
  return found.isFile() || found.isCharacterDevice() ? fd : undefined;
}

/**
 * Writes all of a text. On a file Node's own stream writes once, and does not notice that a disk which fills up took only
 * a part of it.
 *
 * @param write writes some of the bytes and returns how many
 * @throws the system's error
 */
export function writeWhole(
  fd: number,
  text: string,
  write: (fd: number, bytes: Uint8Array) => number = writeSync,
): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(write(fd, rest));
    } catch (error) {
      if (!isBusy(error)) throw error;
      Atomics.wait(PAUSE, 0, 0, BUSY_PAUSE);
    }
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** How long to wait until a device that is busy is tried again, in milliseconds. */
const BUSY_PAUSE = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EAGAIN" || error.code === "EINTR");
}
