// Everything, as a second list of names could become outdated.
export * from "bankdata-core";
