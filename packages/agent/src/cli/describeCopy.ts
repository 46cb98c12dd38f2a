import { counted, formatSize } from "@pgkeep/core";
import type { CopyResult } from "../copy/runCopy.js";

/** What a copy did, for people. */
export function describeCopy({ recoveryPoints, failed, left, newRecords, to }: CopyResult): string {
  const copied = recoveryPoints.filter(({ outcome }) => outcome === "copied");
  const there = recoveryPoints.filter(({ outcome }) => outcome === "there");
  const lines = copied.map(({ id, objects, takenOver, bytes }) => {
    const before = takenOver > 0 ? `, ${takenOver} of them copied before` : "";
    return `${id}: ${counted(objects, "object")} (${formatSize(bytes)})${before}, read back and the same.`;
  });
  lines.push(...there.map(({ id }) => `${id} was there already.`));
  lines.push(...failed.map(({ id, problem }) => `${id} was NOT copied: ${problem}.`));
  lines.push(...left.map(({ id, reason }) => `${id} is left out: ${reason}.`));
  if (newRecords > 0) lines.push(`${counted(newRecords, "record")} about earlier copies: pins, drills, what was accepted.`);
  lines.push(`${counted(copied.length, "recovery point")} copied to ${to.name} (${to.store}).`);
  return lines.join("\n");
}
