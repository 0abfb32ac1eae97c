import { type Surroundings as UserSurroundings, userFolder, userHome } from "bankdata-core/store";

/** What the places of files depend on. */
export interface Surroundings extends UserSurroundings {
  cwd: string;
}

/** The surroundings of this process. */
export function surroundings(): Surroundings {
  return { env: process.env, cwd: process.cwd(), platform: process.platform, home: userHome() };
}

/** The user's folder for configuration of bankdata. */
export function configurationFolder(where: Surroundings): string {
  return userFolder("configuration", where);
}

/** The user's folder for what cannot be fetched again, such as the archive. */
export function dataFolder(where: Surroundings): string {
  return userFolder("data", where);
}

/** The user's folder for files that only bankdata edits, such as the state of the embedded sandbox. */
export function stateFolder(where: Surroundings): string {
  return userFolder("state", where);
}
