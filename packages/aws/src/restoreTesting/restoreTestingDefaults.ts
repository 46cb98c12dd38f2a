import { RestoreTestingAlgorithm } from "./RestoreTestingArgs.js";

/** What a restore test is where its arguments say nothing. */
export const RESTORE_TESTING_DEFAULTS = {
  timeZone: "UTC",
  startWindowHours: 4,
  algorithm: RestoreTestingAlgorithm.Latest,
  selectionWindowDays: 30,
  validationWindowHours: 12,
} as const;

/** Names of restored instances begin like this, and they carry a tag of this name. https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html */
export const RESTORE_TEST_MARK = "awsbackup-restore-test";

/** The one selection of a plan. */
export const SELECTION_NAME = "databases";

/** Variables that the component gives the drill itself. */
export const DRILL_VARIABLES = ["PGKEEP_CONFIG_YAML", "PGKEEP_METRICS"] as const;

/** AWS Backup takes neither hyphens nor dots in the name of a plan. */
export function planNameOf(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, "_");
}
