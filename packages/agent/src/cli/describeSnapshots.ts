import { counted, formatDuration, MOST_MANUAL_SNAPSHOTS, type PlannedSnapshot } from "@pgkeep/core";
import type { SnapshotPruning, SnapshotSurvey } from "../rdsSnapshots/pruneSnapshots.js";
import type { Paint } from "../terminal/paint.js";
import { renderTable } from "../terminal/renderTable.js";

/** Which snapshots stay and which go, for people. */
export function describeSnapshotPlan({ region, tag, keep, olderThan, plan, manual }: SnapshotSurvey, paint: Paint): string {
  const rules = [
    `the newest ${keep} of each instance stay`,
    ...(olderThan === null ? [] : [`so does what is younger than ${formatDuration(olderThan)}`]),
  ];
  const lines = [`RDS snapshots in ${region} with the tag ${tag.key}=${tag.value}`, rules.join(", "), ""];
  const row =
    (fate: string) =>
    ({ id, takenAt, reason }: PlannedSnapshot) => [id, takenAt?.toISOString() ?? "", fate, reason];
  const order = new Map(
    [...plan.keep, ...plan.remove].map(({ id, source, takenAt }) => [id, `${source} ${takenAt?.getTime() ?? Number.MAX_SAFE_INTEGER}`]),
  );
  const rows = [...plan.keep.map(row("keep")), ...plan.remove.map(row("remove"))].sort(([one = ""], [other = ""]) =>
    (order.get(one) ?? "") < (order.get(other) ?? "") ? 1 : -1,
  );
  if (rows.length === 0) lines.push("No manual snapshot bears this tag, so nothing can go.");
  else {
    const colour = (cell: string, column: number) => (column === 2 && cell === "remove" ? paint("red", cell) : cell);
    lines.push(renderTable(["snapshot", "taken", "", "why"], rows, colour), "");
    lines.push(`${counted(plan.keep.length, "snapshot")} to keep, ${counted(plan.remove.length, "snapshot")} to remove.`);
  }
  const others = plan.others === 0 ? "" : `, ${plan.others} of them without this tag and never touched`;
  lines.push(`${counted(manual, "manual snapshot")} in the Region${others}; AWS allows ${MOST_MANUAL_SNAPSHOTS} unless it raised that.`);
  return lines.join("\n");
}

/** What a pruning did, for people. */
export function describePruning({ removed, gone, stayed }: SnapshotPruning): string {
  return [
    removed.length === 0 ? "No snapshot was removed." : `Removed ${counted(removed.length, "snapshot")}: ${removed.join(", ")}.`,
    ...(gone.length === 0 ? [] : [`Gone before it was their turn: ${gone.join(", ")}.`]),
    ...stayed.map(({ id, reason }) => `${id} stays after all: ${reason}`),
  ].join("\n");
}
