/** Options that every command takes. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
  logFormat?: "auto" | "plain" | "json";
  /** How long the command may take, in milliseconds. */
  deadline?: number;
  /** Name of the copy that stands for the store. */
  copy?: string;
}
