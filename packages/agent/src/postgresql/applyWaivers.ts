import type { Problem } from "@pgkeep/core";
import type { Finding } from "./Finding.js";

export interface AppliedWaivers {
  /** What cannot be dumped and was not waived. */
  refused: Problem[];
  /** Names of what is missing from this backup because it was waived. */
  waived: string[];
  /** What pg_dump must be told, so that it neither stops nor warns. */
  pgDumpArguments: string[];
  /** Object ids of the tables and sequences whose contents are not dumped. */
  excludedTables: Set<number>;
}

/**
 * Turns findings into refusals or, where waived by name, into arguments for pg_dump of this major version. What lies inside something
 * waived as a whole needs no waiver of its own.
 */
export function applyWaivers(findings: readonly Finding[], waive: readonly string[], clientMajor: number): AppliedWaivers {
  const names = new Set(waive);
  const chosen = findings.filter(({ name }) => names.has(name));
  const goneWhole = new Set(chosen.flatMap(({ omission, oids }) => (omission.kind === "schema" || omission.kind === "table" ? oids : [])));
  const covered = ({ oids }: Finding) => oids.length > 0 && oids.every((oid) => goneWhole.has(oid));
  return {
    refused: findings.filter((finding) => !names.has(finding.name) && !covered(finding)).map(refusal),
    waived: chosen.map(({ name }) => name),
    pgDumpArguments: [...new Set(chosen.flatMap((finding) => argumentsFor(finding, clientMajor)))],
    excludedTables: new Set(chosen.flatMap(({ oids }) => oids)),
  };
}

function argumentsFor({ omission }: Finding, clientMajor: number): string[] {
  switch (omission.kind) {
    case "subscriptions":
      return ["--no-subscriptions"];
    case "large-objects":
      // Renamed in 16; the old name is still taken there, and only there.
      return [clientMajor >= 16 ? "--no-large-objects" : "--no-blobs"];
    case "schema":
      return omission.patterns.map((pattern) => `--exclude-schema=${pattern}`);
    case "table":
      return omission.patterns.map((pattern) => `--exclude-table=${pattern}`);
    case "data":
      return omission.patterns.map((pattern) => `--exclude-table-data=${pattern}`);
    case "none":
      return [];
  }
}

function refusal({ name, reason, remedy, loss }: Finding): Problem {
  return {
    where: name,
    reason,
    next: `${remedy}\n            Or add ${JSON.stringify(name)} to dump.waive; every backup then lacks ${loss}.`,
  };
}
