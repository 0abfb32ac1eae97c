export { isPostgres, maskedLocation } from "./archive-place.ts";
export { compiledFolder } from "./compile-cache.ts";
export type { Configuration, ConfiguredAccount } from "./configuration.ts";
export { exposuresOf } from "./exposure.ts";
export { ownFile } from "./find-file.ts";
export { loadConfiguration } from "./load.ts";
export { configurationFolder, dataFolder, stateFolder, surroundings } from "./places.ts";
export { inFile, isSameOrigin, type Origin, originsText, originText } from "./source.ts";
export { heldCredentials, isReadableByOthers, removeCredentials, writeCredentials } from "./write.ts";
