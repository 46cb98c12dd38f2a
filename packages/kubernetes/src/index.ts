export { SslMode } from "@pgkeep/core";
