import { counted, type DrillResult, formatDuration, formatSize, type Manifest, Verdict } from "@pgkeep/core";
import { manifestAmounts } from "../manifest/manifestAmounts.js";
import type { JobFacts } from "./notifier.js";

/** What others are told of a recovery point that was committed. */
export function backupFacts(manifest: Manifest): JobFacts {
  const { storedBytes, rows } = manifestAmounts(manifest);
  const seconds = (new Date(manifest.committedAt).getTime() - new Date(manifest.beganAt).getTime()) / 1000;
  return {
    recoveryPoint: manifest.id,
    summary: `${manifest.id}, ${counted(manifest.databases.length, "database")}, ${rows.toLocaleString("en")} rows, ${formatSize(storedBytes)}`,
    facts: { databases: manifest.databases.length, rows, storedBytes, seconds },
  };
}

/** What others are told of a drill. A verdict other than PASS makes a failure of it by its exit code, which the caller adds. */
export function drillFacts({ id, verdict, restoreMilliseconds, checks }: DrillResult): JobFacts {
  const restored = restoreMilliseconds > 0 ? `, restored in ${formatDuration(restoreMilliseconds)}` : "";
  const others = checks.filter((check) => check.verdict !== Verdict.Pass).map(({ name }) => name);
  return {
    recoveryPoint: id,
    summary: `${verdict} for ${id}${restored}${others.length > 0 ? `; look at ${others.join(", ")}` : ""}`,
    facts: { verdict, restoreSeconds: restoreMilliseconds / 1000 },
  };
}
