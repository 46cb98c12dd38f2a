import { MOST_REPLICATIONS, type RdsInstanceName } from "@pgkeep/core";

/** What of the deployment's values the description needs. */
export interface DescribedReplication {
  source: RdsInstanceName;
  destinationRegion: string;
  retentionDays: number;
  /** `own` for a key that is made here, none for an instance that is not encrypted. */
  key: "own" | "none" | { arn: string };
  protect: boolean;
}

/** The whole declaration in sentences, one a line, the surprising ones first: the engine shows three lines, of 150 characters each. */
export function describeReplication({ source, destinationRegion, retentionDays, key, protect }: DescribedReplication): string {
  const { identifier, region } = source;
  const days = retentionDays === 1 ? "1 day" : `${retentionDays} days`;
  return [
    `without ${region}: ${identifier} restores in ${destinationRegion} to any second of the last ${days} up to the newest log that arrived`,
    `RPO without ${region}: logs leave every 5 minutes and arrive later; AWS promises no bound`,
    `protect: ${
      protect
        ? "on; a change of Region, days, key or instance replaces the replication, and is refused until it is off"
        : "OFF; a change of Region, days, key or instance stops this replication and starts another, from nothing"
    }`,
    `once it stops: what arrived stays for its ${days} and restores with its key only; retained replicas must reuse the same key`,
    "the account: the copy is in the same one, and goes with it",
    keyLine(key, region, destinationRegion),
    `limit: ${MOST_REPLICATIONS} replications into a Region for each account; not between all pairs of Regions`,
    `cost: transfer out of ${region}, and storage in ${destinationRegion} for ${days}, the first copy being whole`,
  ].join("\n");
}

function keyLine(key: DescribedReplication["key"], region: string, destination: string): string {
  if (key === "none") return "encryption: none, for the instance has none";
  const name = key === "own" ? `a key made here in ${destination}, rotated yearly` : key.arn;
  return `encryption: ${name}; once it, or the key of the instance in ${region}, is disabled, replication stops`;
}
