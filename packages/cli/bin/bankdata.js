#!/usr/bin/env node
// Plain old syntax on purpose: an old Node must get as far as the sentence that says what is needed.
var needed = [22, 16];
var found = process.versions.node.split(".").map(Number);
if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  process.stderr.write(
    `bankdata needs Node.js ${needed.join(".")} or newer; this is ${process.versions.node}. Install a newer one from nodejs.org.\n`,
  );
  process.exit(1);
}
import("../dist/executable/start.js").then((executable) => executable.start(process.argv.slice(2)));
