import { counted, formatDuration, formatSize } from "@pgkeep/core";
import type { BackupResult } from "../backup/backup.js";
import { renderTable } from "../terminal/renderTable.js";

/** A committed recovery point in words. */
export function describeBackup({ manifest, committedBefore, anomaly }: BackupResult): string {
  const { id, databases, snapshot, waived, warnings, files } = manifest;
  const rows = databases.map(({ name, tables, object }) => [
    name,
    String(tables.length),
    tables.reduce((sum, { digest }) => sum + digest.rows, 0).toLocaleString("en"),
    formatSize(object.plainBytes),
    formatSize(object.bytes),
  ]);
  const lines = [
    committedBefore ? `Recovery point ${id} had been committed by an earlier attempt.` : `Recovery point ${id} is committed.`,
    "",
    renderTable(["database", "tables", "rows", "dumped", "stored"], rows),
    "",
    `one instant   ${snapshot.text} (${snapshot.method}, ${counted(snapshot.tries, "try", "tries")}) at ${snapshot.takenAt}`,
    `took          ${formatDuration(new Date(manifest.committedAt).getTime() - new Date(manifest.beganAt).getTime())}`,
    ...(files ? [`files         ${files.entries.length}`] : []),
    ...waived.map((name) => `waived        ${name}`),
    ...warnings.map((warning) => `note          ${warning}`),
    "",
    ...(anomaly.findings.length > 0 ? describeAnomaly(id, anomaly) : [PROOF]),
  ];
  return lines.join("\n");
}

const PROOF = "It is checked, not proven: `pgkeep drill` restores it into scratch space and compares.";

function describeAnomaly(id: string, { base, findings }: BackupResult["anomaly"]): string[] {
  return [
    `It is SUSPICIOUS beside ${base}, the last good one. It is kept and can be restored, but retention does not count it:`,
    ...findings.map(({ reason }) => `  ${reason}`),
    "",
    `If this is as it should be: pgkeep accept ${id} --reason "…"`,
  ];
}
