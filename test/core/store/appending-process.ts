import { writeSync } from "node:fs";
import { withFileLock } from "../../../packages/core/src/store/file-lock.ts";
import { writePrivateFile } from "../../../packages/core/src/store/private-file.ts";
import { readSmallFile } from "../../../packages/core/src/store/regular-file.ts";

// A process that a test starts: appends lines to a file one after the other, and prints each after it is written.
const [file = "", name = "", count = "0"] = process.argv.slice(2);
for (let nth = 0; nth < Number(count); ) {
  const line = `${name}${nth}\n`;
  const isWritten = await withFileLock(file, (lock) => {
    const text = readSmallFile(file, 1_000_000) ?? "";
    if (!lock.isHeld()) return false;
    writePrivateFile(file, text + line);
    return true;
  });
  if (!isWritten) continue;
  writeSync(1, line);
  nth += 1;
}
