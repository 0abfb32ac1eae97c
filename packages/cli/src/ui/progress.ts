import { joined, line, type Printable } from "./printable.ts";
import { cut } from "./table.ts";
import { styled, type Terminal } from "./terminal.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_EVERY = 80;
/** Work that ends sooner shows no spinner; in milliseconds. */
const QUIET_FOR = 200;

/**
 * Shows a line with a spinner on stderr while some work is done; nothing if stderr is not a terminal, or is for a program. The line is gone
 * when the work ends.
 */
export async function withProgress<T>(
  { err, isQuiet }: Terminal,
  text: Printable,
  work: (progress: (detail: Printable) => void) => Promise<T>,
): Promise<T> {
  if (isQuiet || !err.isDrawn) return await work(() => {});
  let detail: Printable | undefined;
  let frame = 0;
  let shown = false;
  const draw = () => {
    const whole = detail === undefined ? text : joined([text, detail], line`, `);
    const mark = FRAMES[frame % FRAMES.length] ?? "";
    // A line that wraps could not be drawn over.
    err.redraw(styled("cyan", line`${mark}`), line` `, cut(joined([whole, line`…`]), err.width - 4));
    frame += 1;
    shown = true;
  };
  let timer = setTimeout(function next() {
    draw();
    timer = setTimeout(next, FRAME_EVERY);
  }, QUIET_FOR);
  try {
    return await work((next) => {
      detail = next;
    });
  } finally {
    clearTimeout(timer);
    if (shown) err.redraw();
  }
}
