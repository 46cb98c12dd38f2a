export { PostgresAccess } from "./PostgresAccess.js";
export * from "./PostgresAccessArgs.js";
