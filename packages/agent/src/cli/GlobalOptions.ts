/** Options that every command takes. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
  logFormat?: "auto" | "plain" | "json";
  /** Name of the copy that stands for the store. */
  copy?: string;
}
