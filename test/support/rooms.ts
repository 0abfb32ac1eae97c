/**
 * Which rooms the files of each room may import, besides its own. `core` alone is the face of a package, which is what
 * its `index.ts` exports.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "core/base": [],
  "core/schema": ["core/base"],
  "core/store": ["core/base"],
  "core/cache": ["core/store", "core/base"],
  "core/limits": ["core/store", "core/base"],
  "core/pipeline": ["core/cache", "core/limits", "core/store", "core/schema", "core/base"],
  "core/bank": ["core/base"],
  "core/connect": ["core/bank", "core/base"],
  // Each provider has its own tokens, and keeps them sealed in the store.
  "core/providers/gocardless": ["core/bank", "core/pipeline", "core/store", "core/schema", "core/base"],
  "archive/export": ["core/bank", "core/base"],
  "sandbox/banks": [],
  "sandbox/world": ["sandbox/banks"],
  "sandbox/judge": ["sandbox/banks"],
  "sandbox/pages": ["sandbox/world", "sandbox/banks"],
  "sandbox/gocardless": ["sandbox/pages", "sandbox/world", "sandbox/banks"],
  "cli/ui": ["core/base", "core/bank", "core/connect"],
  "cli/config": ["core/bank", "core/base", "core/store"],
  "cli/session": ["cli/config", "cli/ui", "core", "core/bank", "core/base", "core/cache", "sandbox"],
  "cli/accounts": ["cli/session", "cli/config", "cli/ui", "core/bank", "core/base"],
  "cli/connect": ["cli/session", "cli/config", "cli/ui", "core/bank", "core/base", "core/connect"],
  "cli/commands": [
    "cli/accounts",
    "cli/connect",
    "cli/session",
    "cli/config",
    "cli/ui",
    "core",
    "core/bank",
    "core/base",
    "core/cache",
    "core/connect",
    "core/store",
    "archive",
    "sandbox",
  ],
};
