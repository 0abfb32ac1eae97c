import { styled, type Terminal } from "./terminal.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_EVERY = 80;
/** Work that is done sooner shows nothing. */
const QUIET_FOR = 200;

/**
 * Shows a line with a spinner on stderr while some work is done; nothing where stderr is no terminal. The line is gone
 * when the work ends.
 */
export async function withProgress<T>(
  { err }: Terminal,
  text: string,
  work: (progress: (detail: string) => void) => Promise<T>,
): Promise<T> {
  if (!err.isTTY || process.env["TERM"] === "dumb") return await work(() => {});
  let detail = "";
  let frame = 0;
  let shown = false;
  const draw = () => {
    const line = `${text}${detail === "" ? "" : `, ${detail}`}…`;
    const mark = FRAMES[frame % FRAMES.length] ?? "";
    err.write(`\r\u001b[2K${styled(err, "cyan", mark)} ${line.slice(0, Math.max(10, err.columns - 4))}`);
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
    if (shown) err.write("\r\u001b[2K");
  }
}
