/** What a command line runs in: given, so that nothing reaches for the process's own behind a caller's back. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  /** The working folder. */
  folder: string;
  /** Results, and nothing else, so that `--json` can be piped. */
  output: NodeJS.WriteStream;
  /** Progress, logs, problems. */
  messages: NodeJS.WriteStream;
  /** For typed confirmations. */
  input: NodeJS.ReadStream;
}
