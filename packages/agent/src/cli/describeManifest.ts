import { type DatabaseRecord, formatDuration, formatSize, type Manifest } from "@pgkeep/core";
import type { DrillOutcome } from "../manifest/readDrills.js";
import { renderTable } from "../terminal/renderTable.js";
import { describeFields } from "./describeFields.js";

/** One recovery point: what it holds, at which instant, and what was proven about it. */
export function describeManifest(manifest: Manifest, drills: readonly DrillOutcome[]): string {
  const { id, cluster, server, snapshot, agent, databases, globals, files, waived, warnings, signature } = manifest;
  const fields: [string, string][] = [
    ["recovery point", id],
    ["cluster", `${cluster}${server.systemIdentifier ? ` (system ${server.systemIdentifier})` : ""}, PostgreSQL ${server.version}`],
    ["instant", `${snapshot.takenAt}, snapshot ${snapshot.text}, write-ahead log ${snapshot.lsn}`],
    [
      "proof",
      `${snapshot.method}, ${snapshot.tries === 1 ? "1 try" : `${snapshot.tries} tries`} in ${formatDuration(snapshot.milliseconds)}`,
    ],
    ["committed", manifest.committedAt],
    ["taken by", `pgkeep ${agent.version} with pg_dump ${agent.pgDumpVersion}`],
    ["sealed", signature ? `checksum and signature by key ${signature.keyId}` : "checksum; not signed"],
    ["encrypted", globals.object.codec.includes("age") ? "with age" : "no: objects are as readable as the store"],
    ["roles", `${globals.roles.length}, ${globals.verifiers ? "with" : "without"} password verifiers`],
    ["files", files ? files.entries.map(({ path }) => path).join(", ") || "none" : "none configured"],
    ...waived.map((name): [string, string] => ["waived", name]),
    ...warnings.map((warning): [string, string] => ["note", warning]),
    ["drills", drills.length === 0 ? "never drilled" : drills.map(({ verdict, at }) => `${verdict} ${at.toISOString()}`).join(", ")],
  ];
  return [describeFields(fields), ...databases.flatMap((database) => ["", ...describeDatabase(database)])].join("\n");
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
    `  ${sequences.length} sequences, ${largeObjects.count} large objects, extensions: ${extensions.map((extension) => `${extension.name} ${extension.version}`).join(", ") || "none"}`,
    ...(neverProven.length > 0 ? [`  contents that no dump holds: ${neverProven.join(", ")}`] : []),
    "",
    renderTable(["table", "rows", "bytes", "digest"], rows),
  ];
}
