import type { Schedule } from "@pgkeep/core";

/** What an installed timer or crontab line runs. */
export interface InstalledJob {
  /** The job, or where it has several places to go to, the job and the place: `copy-offsite`. */
  name: string;
  schedule: Schedule;
  /** Program and arguments, all paths absolute. */
  command: readonly string[];
}

/** What the units and lines need to know of a configuration. */
export interface Installation {
  cluster: string;
  /** Absolute path of the configuration. */
  configPath: string;
  /** File with variables for the jobs, secrets among them; need not exist. */
  environmentFile: string;
  jobs: readonly InstalledJob[];
  /** Folders that the jobs write to. */
  writableFolders: readonly string[];
}
