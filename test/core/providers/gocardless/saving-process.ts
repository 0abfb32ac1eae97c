import { writeSync } from "node:fs";
import { FileTokenStore } from "../../../../packages/core/src/index.ts";

// A process that a test starts: saves tokens one after the other, and prints each after it is saved.
const [file = "", name = "", count = "0"] = process.argv.slice(2);
const store = new FileTokenStore(file);
for (let nth = 0; nth < Number(count); nth += 1) {
  const access = `${name}${nth}`;
  await store.save(access, { access, accessExpiresAt: 1, refresh: "refresh", refreshExpiresAt: 2 });
  writeSync(1, `${access}\n`);
}
