import type { Check } from "@pgkeep/core";
import type { EntryObstacle } from "./entryObstacles.js";
import type { RestorePlan } from "./RestorePlan.js";

export interface LeftOutEntry extends EntryObstacle {
  database: string;
  /** The setting, where it is none of an archive's entries. */
  setting?: string;
  /** It means nothing at this server, so it is left out without being asked for. */
  meaningless?: true;
}

export interface RestoredRoles {
  created: string[];
  /** Created, may log in, and have no password yet. */
  withoutPassword: string[];
  /** Roles that the restoring role was made a member of, so that it could give them what is theirs. It stays one. */
  joined: string[];
}

export interface ReplacedDatabase {
  name: string;
  /** The name under which it stays; null where it was dropped. */
  keptAs: string | null;
  /** Statements that put it back in place; empty where it was dropped. */
  undo: string[];
  /** The statement that ends it for good. */
  drop: string | null;
}

export interface RestoreResult {
  plan: RestorePlan;
  /** Whether it ended after the preflight. */
  dryRun: boolean;
  /** What the user should know: what is left out, what differs, what to do afterwards. */
  notices: string[];
  /** Archive entries that were not restored, as accepted. */
  leftOut: LeftOutEntry[];
  roles: RestoredRoles;
  replaced: ReplacedDatabase[];
  /** What was verified; empty with `verify: false`. */
  checks: Check[];
  milliseconds: { preflight: number; load: number; verify: number; swap: number; total: number };
}
