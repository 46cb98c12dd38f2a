import { MOST_MANUAL_SNAPSHOTS, type RdsInstanceName } from "@pgkeep/core";

/** What of the deployment's values the description needs. */
export interface DescribedSnapshot {
  instance: RdsInstanceName;
  deploymentKey: string;
  series: string;
  keep: number;
}

/** The command that prunes the snapshots of a series. */
export function pruneCommand({ series, keep }: Pick<DescribedSnapshot, "series" | "keep">): string {
  return `pgkeep snapshot prune --rds --tag pgkeep:pre-deploy=${series} --keep ${keep}`;
}

/** The whole declaration in sentences, one a line, the surprising ones first: the engine shows three lines, of 150 characters each. */
export function describeSnapshot(snapshot: DescribedSnapshot): string {
  const { instance, deploymentKey } = snapshot;
  return [
    `before deployment ${deploymentKey}: one manual snapshot of ${instance.identifier} in ${instance.region}; the same key takes no second one`,
    "the next key, a rename and a destroy leave it in AWS (retainOnDelete), where a preview says delete: it never expires",
    "what depends on this component waits until the snapshot is there; if it fails, nothing of that is deployed",
    "RPO: what was committed when the snapshot began; a restore makes another instance",
    "encryption: as the instance, by its key; without that key the snapshot restores no more",
    `pruned by: ${pruneCommand(snapshot)}`,
    `limit: ${MOST_MANUAL_SNAPSHOTS} manual snapshots in a Region of an account; without room the deployment stops before the migrations`,
  ].join("\n");
}
