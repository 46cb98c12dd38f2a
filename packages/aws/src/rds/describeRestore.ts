import type * as pulumi from "@pulumi/pulumi";
import type { RdsRestoreArgs } from "./RdsPostgresArgs.js";

/** Where the data comes from, and that this is of a moment that passes: what stands here later shows no difference in the instance. */
export function describeRestore(restore: pulumi.Unwrap<RdsRestoreArgs> | undefined): string[] {
  if (restore === undefined) return ["restore: none; one that is added now does nothing to an instance that exists"];
  return [
    "restore: applied at creation only, never to an instance that exists",
    `restore: from ${restoreText(restore)}`,
    "restore: names and key are the source's; so is the master password, until a second step right after the restore",
  ];
}

/** The moment and the source, as one text. */
export function restoreText({ time, snapshotIdentifier, ...sources }: pulumi.Unwrap<RdsRestoreArgs>): string {
  if (snapshotIdentifier !== undefined) return `snapshot ${snapshotIdentifier}`;
  const { sourceIdentifier, sourceResourceId, sourceAutomatedBackupsArn } = sources;
  const source = [sourceIdentifier, sourceResourceId, sourceAutomatedBackupsArn].find((text) => text !== undefined);
  return `${source} at ${time ?? "its latest moment"}`;
}
