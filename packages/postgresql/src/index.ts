export { SslMode } from "@pgkeep/core";
export { PostgresAccess } from "./PostgresAccess.js";
export * from "./PostgresAccessArgs.js";
