import { counted, type DatabaseRecord, formatDuration, formatSize, type Manifest } from "@pgkeep/core";
import { describeApplication } from "../application/describeApplication.js";
import type { ListedRecoveryPoint } from "../manifest/history.js";
import type { DrillOutcome } from "../manifest/readDrills.js";
import type { AcceptanceRecord } from "../records/acceptance.js";
import type { SuspicionRecord } from "../records/suspicion.js";
import { renderTable } from "../terminal/renderTable.js";
import { describeFields } from "./describeFields.js";
import { remarksOn } from "./describeHistory.js";

/** What is recorded about a recovery point beside its manifest. */
export interface ManifestRecords {
  point?: ListedRecoveryPoint;
  suspicion: SuspicionRecord | null;
  acceptance: AcceptanceRecord | null;
  drills: readonly DrillOutcome[];
}

/** One recovery point: what it holds, at which instant, and what was proven about it. */
export function describeManifest(manifest: Manifest, records: ManifestRecords): string {
  const { drills } = records;
  const {
    id,
    cluster,
    server,
    snapshot,
    agent,
    databases,
    globals,
    files,
    waived,
    warnings,
    signature,
    application,
    before,
    retentionClass,
  } = manifest;
  const fields: [string, string][] = [
    ["recovery point", id],
    ...describeRecords(records),
    ["cluster", `${cluster}${server.systemIdentifier ? ` (system ${server.systemIdentifier})` : ""}, PostgreSQL ${server.version}`],
    ["instant", `${snapshot.takenAt}, snapshot ${snapshot.text}, write-ahead log ${snapshot.lsn}`],
    ["proof", `${snapshot.method}, ${counted(snapshot.tries, "try", "tries")} in ${formatDuration(snapshot.milliseconds)}`],
    ["committed", manifest.committedAt],
    ["taken by", `pgkeep ${agent.version} with pg_dump ${agent.pgDumpVersion}`],
    ["sealed", signature ? `checksum and signature by key ${signature.keyId}` : "checksum; not signed"],
    ["encrypted", globals.object.codec.includes("age") ? "with age" : "no: objects are as readable as the store"],
    ["roles", `${globals.roles.length}, ${globals.verifiers ? "with" : "without"} password verifiers`],
    ...describeApplication(application),
    ...(before === null ? [] : [["taken before", `${before === "upgrade" ? "an" : "a"} ${before}`] as [string, string]]),
    ...(retentionClass === undefined ? [] : [["retention class", `${retentionClass}: S3 expires it by that tag`] as [string, string]]),
    ["files", files ? files.entries.map(({ path }) => path).join(", ") || "none" : "none configured"],
    ...waived.map((name): [string, string] => ["waived", name]),
    ...warnings.map((warning): [string, string] => ["note", warning]),
    ["drills", drills.length === 0 ? "never drilled" : drills.map(({ verdict, at }) => `${verdict} ${at.toISOString()}`).join(", ")],
  ];
  return [describeFields(fields), ...databases.flatMap((database) => ["", ...describeDatabase(database)])].join("\n");
}

function describeRecords({ point, suspicion, acceptance }: ManifestRecords): [string, string][] {
  const remarks = point ? remarksOn(point) : "";
  return [
    ...(point ? [["state", remarks === "" ? point.state : `${point.state}; ${remarks}`] as [string, string]] : []),
    ...(suspicion?.findings ?? []).map(({ reason }): [string, string] => [acceptance ? "was suspicious" : "suspicious", reason]),
    ...(acceptance
      ? [["accepted", `by ${acceptance.by} at ${acceptance.at.toISOString()}: ${acceptance.reason}`] as [string, string]]
      : []),
  ];
}

function describeDatabase({
  name,
  object,
  properties,
  tables,
  sequences,
  extensions,
  largeObjects,
  neverProven,
}: DatabaseRecord): string[] {
  const rows = tables.map((table) => [
    `${table.schema}.${table.name}`,
    table.digest.rows.toLocaleString("en"),
    formatSize(table.digest.bytes),
    table.digest.hash,
  ]);
  return [
    `${name}: owner ${properties.owner}, ${properties.encoding}, ${formatSize(object.plainBytes)} dumped, ${formatSize(object.bytes)} stored as ${object.key}`,
    `  ${counted(sequences.length, "sequence")}, ${counted(largeObjects.count, "large object")}, extensions: ${extensions.map((extension) => `${extension.name} ${extension.version}`).join(", ") || "none"}`,
    ...(neverProven.length > 0 ? [`  contents that no dump holds: ${neverProven.join(", ")}`] : []),
    "",
    renderTable(["table", "rows", "bytes", "digest"], rows),
  ];
}
