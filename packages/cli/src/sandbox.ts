export * from "bankdata-sandbox";
