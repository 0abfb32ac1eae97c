import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import core from "../../../packages/core/package.json" with { type: "json" };
import * as ofCore from "../../../packages/core/src/base/supported-node.ts";
import sandbox from "../../../packages/sandbox/package.json" with { type: "json" };
import * as ofSandbox from "../../../packages/sandbox/src/supported-node.ts";

const packages = [
  ["core", core, ofCore],
  ["sandbox", sandbox, ofSandbox],
] as const;

it.each(packages)(
  "bankdata-%s says which Node.js it needs on one that is older",
  (name, manifest, { whyUnsupported }) => {
    for (const version of [
      "16.0.0",
      "18.20.4",
      "20.20.2",
      "22.9.0",
      "22.20.9",
      "23.11.0",
      "24.0.0",
      "24.4.1",
    ]) {
      expect(whyUnsupported(version)).toBe(
        `bankdata-${name} needs Node.js 22.21, or 24.5 or newer; this is ${version}. Install a newer one from nodejs.org.`,
      );
    }
    for (const version of ["22.21.0", "22.22.1", "24.5.0", "24.21.0", "25.0.0", "26.1.0"]) {
      expect(whyUnsupported(version)).toBeUndefined();
    }
    expect(manifest.engines.node).toBe("^22.21.0 || >=24.5.0");
  },
);

it.each(packages)(
  "each face of bankdata-%s checks that before it imports anything else",
  (name, manifest) => {
    const faces = Object.values<unknown>(manifest.exports).flatMap((face) =>
      typeof face === "object" && face !== null && "bankdata-source" in face
        ? [String(face["bankdata-source"])]
        : [],
    );
    expect(faces.length).toBeGreaterThan(0);
    for (const face of faces) {
      const text = readFileSync(resolve(import.meta.dirname, "../../../packages", name, face), "utf8");
      const [first] = /^(?:import|export)\b.*$/m.exec(text) ?? [];
      expect(first).toMatch(/^import "\.{1,2}\/(base\/)?supported-node\.ts";$/);
    }
    // A bundler may only leave out what has no effect.
    expect(manifest.sideEffects).toContain("./dist/supported-node.js");
  },
);
