import {
  counted,
  formatDuration,
  type JudgedSnapshotSet,
  SnapshotConsistency,
  SnapshotStanding,
  spreadOf,
  takenAt,
  type VolumeSnapshotConfig,
  type VolumeSnapshotPlan,
} from "@pgkeep/core";
import type { Paint } from "../terminal/paint.js";
import { renderTable } from "../terminal/renderTable.js";
import type { SnapshotSetPruning } from "../volumeSnapshots/pruneSnapshotSets.js";
import type { HeldWorkload, ResumedWorkload } from "../volumeSnapshots/resumeWorkloads.js";
import type { SnapshotTaking } from "../volumeSnapshots/takeSnapshots.js";

const MEANING: Record<SnapshotConsistency, string> = {
  [SnapshotConsistency.Stopped]: "everything that writes was stopped, so the volumes fit together",
  [SnapshotConsistency.OneInstant]:
    "all volumes at one instant as far as the storage keeps its word, while they were written to: PostgreSQL recovers as after a crash",
  [SnapshotConsistency.OneVolume]:
    "one volume, while it was written to: PostgreSQL recovers as after a crash, if everything of the server lies on it",
};

/** What a run took, for people. */
export function describeTaking({ set, taken, stopped, resumed }: SnapshotTaking, pruning: SnapshotSetPruning): string {
  const at = takenAt(set)?.toISOString() ?? "at an unknown time";
  const rows = set.members.map(({ claim, name, cutAt }) => [claim ?? "", name, cutAt?.toISOString() ?? ""]);
  return [
    taken === "now"
      ? `Set ${set.id} is good, cut at ${at}.`
      : `Set ${set.id} was taken by an earlier try of this run, cut at ${at}. It is good.`,
    ...(set.consistency === null ? [] : [`Consistency: ${set.consistency}; ${MEANING[set.consistency]}.`]),
    ...(set.members.length > 1 ? [`Its volumes were cut within ${formatDuration(spreadOf(set))}.`] : []),
    ...(stopped === null ? [] : [`What writes was stopped for ${formatDuration(stopped.until.getTime() - stopped.since.getTime())}.`]),
    ...resumed.map((workload) => `An earlier run had left it stopped: ${resumedText(workload)}.`),
    "",
    renderTable(["claim", "snapshot", "cut"], rows),
    "",
    describeSetPruning(pruning),
  ].join("\n");
}

function resumedText({ kind, name, replicas, reason }: ResumedWorkload): string {
  return `${kind} ${name}, brought back to ${replicas} (${reason})`;
}

/** What a watchdog did, for people. */
export function describeResuming({ resumed, held }: { resumed: readonly ResumedWorkload[]; held: readonly HeldWorkload[] }): string {
  const lines = [
    ...resumed.map((workload) => `Brought back: ${resumedText(workload)}.`),
    ...held.map(
      ({ kind, name, set, schedule, until }) => `${kind} ${name} is stopped for the set ${set} of ${schedule}, until ${until} at most.`,
    ),
  ];
  return lines.length === 0 ? "Nothing is stopped." : lines.join("\n");
}

/** The sets of a schedule, for people. */
export function describeSnapshotSets(
  { schedule, namespace }: { schedule: string; namespace: string },
  judged: readonly JudgedSnapshotSet[],
  paint: Paint,
): string {
  const heading = `${schedule} in ${namespace}`;
  if (judged.length === 0) return `${heading}\n\nNo set yet. \`pgkeep snapshot take\` takes one.`;
  const rows = judged.map(({ set, standing, reason }) => [
    set.id,
    takenAt(set)?.toISOString() ?? "",
    standing,
    set.consistency ?? "",
    `${set.members.length} of ${set.claims.length}`,
    reason ?? "",
  ]);
  const colour = (cell: string, column: number) => (column === 2 ? paintStanding(cell, paint) : cell);
  return [heading, "", renderTable(["set", "cut", "state", "consistency", "volumes", "why"], rows, colour)].join("\n");
}

function paintStanding(cell: string, paint: Paint): string {
  if (cell === SnapshotStanding.Good) return paint("green", cell);
  return cell === SnapshotStanding.Running ? cell : paint("yellow", cell);
}

/** Which sets stay and which go, for people. */
export function describeVolumePlan(
  { name, namespace, keepFailed }: VolumeSnapshotConfig,
  judged: readonly JudgedSnapshotSet[],
  plan: VolumeSnapshotPlan,
  paint: Paint,
): string {
  const going = new Map([...plan.failed, ...(plan.retention?.remove ?? [])].map(({ id, reason }) => [id, reason]));
  const kept = new Map(plan.retention?.keep.map(({ id, reasons }) => [id, reasons.join("; ")]));
  const whyKept = ({ set, standing, reason }: JudgedSnapshotSet) => {
    if (standing === SnapshotStanding.Failed) return `failed, among the newest ${keepFailed} of those: ${reason}`;
    return kept.get(set.id) ?? reason ?? (standing === SnapshotStanding.Running ? "it is being taken" : "no policy says what goes");
  };
  const rows = judged.map((one) => {
    const { id } = one.set;
    if (plan.unfinished.includes(id)) return [id, "remove", "its removal began"];
    const reason = going.get(id);
    return reason === undefined ? [id, "keep", whyKept(one)] : [id, "remove", reason];
  });
  const colour = (cell: string, column: number) => (column === 1 && cell === "remove" ? paint("red", cell) : cell);
  return [
    `${name} in ${namespace}`,
    "",
    rows.length === 0 ? "No set yet, so nothing can go." : renderTable(["set", "", "why"], rows, colour),
    ...stoppedText(plan),
  ].join("\n");
}

/** What a pruning did, for people. */
export function describeSetPruning({ plan, removed }: SnapshotSetPruning): string {
  const left = removed.flatMap(({ leftBehind }) => leftBehind);
  return [
    removed.length === 0 ? "No set was removed." : `Removed ${counted(removed.length, "set")}: ${removed.map(({ id }) => id).join(", ")}.`,
    ...(left.length === 0
      ? []
      : [`Left on the storage, because their deletion policy is Retain (expireRetained removes them too): ${left.join(", ")}.`]),
    ...stoppedText(plan),
  ].join("\n");
}

function stoppedText({ retention }: VolumeSnapshotPlan): string[] {
  return retention?.stopped ? [`Retention stopped, so no good set goes: ${retention.stopped}.`] : [];
}
