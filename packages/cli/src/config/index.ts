export type { Configuration } from "./configuration.ts";
export { exposuresOf } from "./exposure.ts";
export { ownFile } from "./find-file.ts";
export { loadConfiguration } from "./load.ts";
export { configurationFolder, stateFolder, surroundings } from "./places.ts";
export { isReadableByOthers, writeCredentials } from "./write.ts";
