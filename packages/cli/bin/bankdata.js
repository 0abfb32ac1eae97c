#!/usr/bin/env node
// Plain old syntax on purpose: an old Node must get as far as the sentence that says what is needed.
var found = process.versions.node.split(".").map(Number);
var isEnough = found[0] > 24 || (found[0] === 24 && found[1] >= 5) || (found[0] === 22 && found[1] >= 21);
if (!isEnough) {
  process.stderr.write(
    `bankdata needs Node.js 22.21, or 24.5 or newer; this is ${process.versions.node}. Install a newer one from nodejs.org.\n`,
  );
  process.exit(1);
}
import("../dist/executable/start.js").then(
  (executable) => executable.start(process.argv.slice(2)),
  (error) => {
    // Only a checkout that was never built lacks the file.
    if (error.code !== "ERR_MODULE_NOT_FOUND" || !/executable\/start\.js$/.test(error.url)) throw error;
    process.stderr.write("bankdata is not built yet: run npm run build in its folder.\n");
    process.exitCode = 1;
  },
);
