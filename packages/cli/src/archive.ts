export * from "bankdata-archive";
