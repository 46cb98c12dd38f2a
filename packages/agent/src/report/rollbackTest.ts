import { type DrillResult, durationText, formatDuration, Verdict } from "@pgkeep/core";
import type { Report } from "./Report.js";

interface RollbackResult {
  step: string;
  status: "passed" | "failed" | "warning" | "skipped";
  message: string;
  details?: string;
}

/**
 * The form of `rollback-test-report.json` that teams collect. `passed` and `failed` are only what was really checked, here or by the backup and
 * the drill that are named; what was not checked is `skipped`, and counts for none of the acceptance criteria.
 */
export interface RollbackTestReport {
  timestamp: string;
  /** `actual` when a drill restored data, else `dry-run`. */
  mode: "actual" | "dry-run";
  summary: { passed: number; failed: number; warnings: number; skipped: number; total: number };
  acceptanceCriteria: { backupCreated: boolean; restoreTested: boolean; docsExist: boolean; allPassed: boolean };
  results: RollbackResult[];
  pgkeep: { formatVersion: 1; agentVersion: string; cluster: string; store: string; recoveryPoint: string | null; verdict: Verdict };
}

/** A backup that is older says nothing about today, where the configuration names no objective. */
const RECENT = 48 * 3_600_000;

export function rollbackTest(report: Report): RollbackTestReport {
  const { drill } = report;
  const results = [postgres(report), folder(report), backup(report), integrity(report, drill), restore(drill), documentation(report)];
  const count = (status: RollbackResult["status"]) => results.filter((result) => result.status === status).length;
  const passed = (step: RollbackResult) => step.status === "passed";
  const [, , created, , restored, documented] = results.map(passed);
  const failed = count("failed");
  return {
    timestamp: report.writtenAt,
    mode: (drill?.restoreMilliseconds ?? 0) > 0 ? "actual" : "dry-run",
    summary: { passed: count("passed"), failed, warnings: count("warning"), skipped: count("skipped"), total: results.length },
    acceptanceCriteria: {
      backupCreated: created === true,
      restoreTested: restored === true,
      docsExist: documented === true,
      allPassed: created === true && restored === true && documented === true && failed === 0,
    },
    results,
    pgkeep: {
      formatVersion: 1,
      agentVersion: report.agentVersion,
      cluster: report.cluster,
      store: report.store,
      recoveryPoint: drill?.id ?? report.manifest?.id ?? null,
      verdict: report.verdict,
    },
  };
}

/** The newest backup's age, and whether it is recent enough to say something about now. */
function newestBackup({ newest, writtenAt, objectives }: Report): { text: string; recent: boolean } | null {
  if (newest === null) return null;
  const age = new Date(writtenAt).getTime() - new Date(newest.committedAt).getTime();
  const bound = objectives.find(({ name }) => name === "rpo")?.target ?? RECENT;
  const text = `${newest.id}, committed ${newest.committedAt}, ${formatDuration(Math.max(0, age))} ago`;
  return age <= bound ? { text, recent: true } : { text: `${text}, which is more than ${durationText(bound)}`, recent: false };
}

function postgres(report: Report): RollbackResult {
  const step = "PostgreSQL Status";
  const newest = newestBackup(report);
  if (newest?.recent)
    return { step, status: "passed", message: "The newest backup connected to it and read every database", details: newest.text };
  return {
    step,
    status: "skipped",
    message: "Not checked: this report connects to no database, and no recent backup did",
    ...(newest ? { details: newest.text } : {}),
  };
}

function folder(report: Report): RollbackResult {
  const newest = newestBackup(report);
  return {
    step: "Backup Directory",
    status: newest?.recent ? "passed" : "warning",
    message: newest?.recent
      ? "The store was listed just now, and last written to by the newest backup"
      : "The store was listed just now; that it can be written to was not checked lately",
    details: report.store,
  };
}

function backup(report: Report): RollbackResult {
  const step = "Create Backup";
  const newest = newestBackup(report);
  if (newest === null) return { step, status: "failed", message: "There is no good recovery point" };
  return newest.recent
    ? { step, status: "passed", message: "Backup created, read back to its end and committed", details: newest.text }
    : { step, status: "failed", message: "The newest good recovery point is too old", details: newest.text };
}

function integrity({ manifest }: Report, drill: DrillResult | null): RollbackResult {
  const step = "Backup Integrity";
  if (manifest && manifest.missingObjects.length > 0) {
    return { step, status: "failed", message: "Objects are missing or of another size", details: manifest.missingObjects.join("\n") };
  }
  const read = drill?.checks.find(({ name }) => name === "restore");
  if (!drill || !read) return { step, status: "skipped", message: "Not checked: no drill has read this recovery point" };
  if (read.verdict !== Verdict.Pass)
    return { step, status: "failed", message: "It could not be read and restored whole", details: read.details.join("\n") };
  const files = manifest?.files === null ? "" : "; the archive of files is not read by a drill";
  return {
    step,
    status: files === "" ? "passed" : "warning",
    message: `A drill read the databases and roles to their end and compared their sha256${files}`,
    details: `${drill.id}, ${drill.endedAt}`,
  };
}

function restore(drill: DrillResult | null): RollbackResult {
  const step = "Restore Procedure";
  if (!drill) return { step, status: "skipped", message: "Not checked: there is no drill of this recovery point" };
  const details = `${drill.id}, ${drill.endedAt}, restored in ${formatDuration(drill.restoreMilliseconds)}`;
  if (drill.verdict === Verdict.Pass)
    return { step, status: "passed", message: "Restored into scratch space, and everything came back equal", details };
  if (drill.verdict === Verdict.Fail)
    return { step, status: "failed", message: "What was restored differs; see the report of the drill", details };
  return { step, status: "skipped", message: "Could not be verified; see the report of the drill", details };
}

function documentation({ manifest, restore: section }: Report): RollbackResult {
  const step = "Documentation";
  if (!manifest || !section) return { step, status: "skipped", message: "Not checked: there is no recovery point to write a runbook for" };
  if (manifest.missingObjects.length > 0)
    return {
      step,
      status: "failed",
      message: "The runbook would name objects that are not in the store",
      details: manifest.missingObjects.join("\n"),
    };
  return {
    step,
    status: "passed",
    message: "A runbook for this configuration was written just now, and every object that it names is in the store",
    details: `${section.steps?.length ?? 0} steps without pgkeep, for ${manifest.id}`,
  };
}
