import { counted, ExitCode, formatSize } from "@pgkeep/core";
import type { JobFacts } from "../notify/notifier.js";
import type { CopyResult } from "./runCopy.js";

/** What others are told of a copy. */
export function copyFacts(result: CopyResult): JobFacts & { summary: string } {
  const { recoveryPoints, failed, to } = result;
  const copied = recoveryPoints.filter(({ outcome }) => outcome === "copied");
  const bytes = copied.reduce((sum, point) => sum + point.bytes, 0);
  const newest = copied
    .map(({ id }) => id)
    .toSorted()
    .at(-1);
  const failures =
    failed.length === 0 ? "" : `; ${failed.length} failed: ${failed.map(({ id, problem }) => `${id} (${problem})`).join(", ")}`;
  return {
    exitCode: copyExit(result),
    ...(newest === undefined ? {} : { recoveryPoint: newest }),
    summary: `${counted(copied.length, "recovery point")} copied to ${to.name}, ${formatSize(bytes)}${failures}`,
    facts: { copied: copied.length, failed: failed.length, bytes },
  };
}

/** What a copy ends with: that of the first recovery point that could not be copied. */
export function copyExit({ failed }: CopyResult): ExitCode {
  return failed[0]?.exitCode ?? ExitCode.Done;
}
