// Whole on purpose: whoever has the executable has the library, and no second list of its names can fall behind.
export * from "bankdata-core";
