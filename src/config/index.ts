export type { Configuration, ConfiguredAccount } from "./configuration.ts";
export { loadConfiguration, type NamedFiles } from "./load.ts";
export { configurationFolder, type Surroundings, stateFolder, surroundings } from "./places.ts";
export { isReadableByOthers, writeCredentials } from "./write.ts";
