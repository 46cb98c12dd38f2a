import { formatSize } from "@pgkeep/core";
import type { History, ListedRecoveryPoint } from "../manifest/history.js";
import type { NewerManifest } from "../manifest/newerManifests.js";
import type { HiddenRecoveryPoint } from "../records/undelete.js";
import { renderTable } from "../terminal/renderTable.js";

/** What a store holds of one cluster. */
export function describeHistory(
  cluster: string,
  store: string,
  { recoveryPoints, leftovers }: History,
  newer: readonly NewerManifest[] = [],
): string {
  const lines = [`${cluster} in ${store}`, ""];
  if (recoveryPoints.length === 0) lines.push("No recovery point yet. `pgkeep backup` takes one.");
  else {
    const unreadable = new Set(newer.map(({ id }) => id));
    const remarks = recoveryPoints.map((point) => remarksOn(point, unreadable.has(point.id)));
    const rows = recoveryPoints.map(({ id, state, committedAt, bytes, drills }, index) => {
      const last = drills.at(-1);
      const drilled = last ? `${last.verdict} ${minutes(last.at)}` : "never";
      return [id, minutes(committedAt), state, formatSize(bytes), drilled, remarks[index] ?? ""];
    });
    const headings = ["recovery point", "committed (UTC)", "state", "stored", "last drill"];
    if (remarks.some((remark) => remark !== "")) headings.push("remarks");
    lines.push(renderTable(headings, rows));
  }
  if (leftovers.length > 0) {
    lines.push("", "Leftovers of runs that did not commit, or have not yet; they are no recovery points:", "");
    const rows = leftovers.map(({ id, attempt, objects, bytes, lastWrittenAt }) => [
      id,
      attempt,
      String(objects),
      formatSize(bytes),
      minutes(lastWrittenAt),
    ]);
    lines.push(renderTable(["run", "attempt", "objects", "stored", "last sign of life"], rows));
  }
  return lines.join("\n");
}

/** What is known about a recovery point beside its state, in a few words. */
export function remarksOn({ accepted, pinned, removing }: ListedRecoveryPoint, isNewer = false): string {
  return [
    ...(accepted ? ["accepted"] : []),
    ...(pinned ? [pinned.until === null ? "pinned" : `pinned until ${minutes(pinned.until)}`] : []),
    ...(removing ? ["being removed"] : []),
    ...(isNewer ? ["written by a newer pgkeep"] : []),
  ].join(", ");
}

/** What was deleted of one cluster and is only hidden. */
export function describeHidden(cluster: string, store: string, hidden: readonly HiddenRecoveryPoint[]): string {
  const heading = `Deleted and only hidden, of ${cluster} in ${store}`;
  if (hidden.length === 0) return `${heading}\n\nNothing. A folder, and a bucket without versions, keep nothing of what is deleted.`;
  const rows = hidden.map(({ id, manifestHidden, objects, bytes, hiddenAt }) => [
    id,
    manifestHidden ? "all of it, or its manifest" : "objects only",
    String(objects),
    formatSize(bytes),
    minutes(hiddenAt),
  ]);
  const table = renderTable(["recovery point", "hidden", "objects", "stored", "hidden at (UTC)"], rows);
  return [heading, "", table, "", "`pgkeep undelete ID` brings one back."].join("\n");
}

function minutes(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}
