export type { Configuration } from "./configuration.ts";
export { ownFile } from "./find-file.ts";
export { loadConfiguration } from "./load.ts";
export { configurationFolder, stateFolder, surroundings } from "./places.ts";
export { exposuresOf, isReadableByOthers, writeCredentials } from "./write.ts";
