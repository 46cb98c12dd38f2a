import { formatDuration, formatSize } from "@pgkeep/core";
import type { BackupResult } from "../backup/backup.js";
import { renderTable } from "../terminal/renderTable.js";

/** A committed recovery point in words. */
export function describeBackup({ manifest, committedBefore }: BackupResult): string {
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
    `one instant   ${snapshot.text} (${snapshot.method}, ${snapshot.tries === 1 ? "1 try" : `${snapshot.tries} tries`}) at ${snapshot.takenAt}`,
    `took          ${formatDuration(new Date(manifest.committedAt).getTime() - new Date(manifest.beganAt).getTime())}`,
    ...(files ? [`files         ${files.entries.length}`] : []),
    ...waived.map((name) => `waived        ${name}`),
    ...warnings.map((warning) => `note          ${warning}`),
    "",
    "It is checked, not proven: `pgkeep drill` restores it into scratch space and compares.",
  ];
  return lines.join("\n");
}
