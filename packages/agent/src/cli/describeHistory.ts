import { formatSize } from "@pgkeep/core";
import type { History } from "../manifest/history.js";
import { renderTable } from "../terminal/renderTable.js";

/** What a store holds of one cluster. */
export function describeHistory(cluster: string, store: string, { recoveryPoints, leftovers }: History): string {
  const lines = [`${cluster} in ${store}`, ""];
  if (recoveryPoints.length === 0) lines.push("No recovery point yet. `pgkeep backup` takes one.");
  else {
    const rows = recoveryPoints.map(({ id, state, committedAt, bytes, drills }) => {
      const last = drills.at(-1);
      return [id, minutes(committedAt), state, formatSize(bytes), last ? `${last.verdict} ${minutes(last.at)}` : "never"];
    });
    lines.push(renderTable(["recovery point", "committed (UTC)", "state", "stored", "last drill"], rows));
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

function minutes(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}
