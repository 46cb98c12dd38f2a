import type { AgentConfig, Connection } from "@pgkeep/core";
import type { PostgresPrograms } from "../postgresql/programs.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

/** What every step of a backup run needs. */
export interface BackupContext {
  config: AgentConfig;
  connection: Connection;
  programs: PostgresPrograms;
  store: Store;
  reporter: Reporter;
  /** Aborts whatever is under way: the first failure of any step aborts all others. */
  signal: AbortSignal;
  /** Aborts the run. */
  abort(reason: unknown): void;
  /** Prefix of the objects that this attempt writes, with a trailing slash. */
  attemptPrefix: string;
}
