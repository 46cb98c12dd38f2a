/** Options that every command takes. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
  logFormat?: "auto" | "plain" | "json";
}
