import type { GlobalOptions } from "./GlobalOptions.js";

/** The options of `pgkeep restore` as they were typed. */
export interface RestoreCommandOptions extends GlobalOptions {
  database?: string[];
  as?: string[];
  table?: string[];
  /** False with --no-databases. */
  databases: boolean;
  files?: string;
  file?: string;
  into?: string;
  to?: string;
  identityFile?: string;
  schemaOnly?: boolean;
  /** False with --no-owner. */
  owner: boolean;
  /** False with --no-acl. */
  acl: boolean;
  inPlace?: boolean;
  clean?: boolean;
  yesReplace?: string[];
  dropReplaced?: boolean;
  acceptMissing?: boolean;
  acceptOlderMigrations?: boolean;
  /** False with --no-verify. */
  verify: boolean;
  readFirst?: boolean;
  jobs?: number;
  workFolder?: string;
  stop?: string;
  start?: string;
  checkUrl?: string;
  checkFor?: number;
  dryRun?: boolean;
  once?: string;
}
