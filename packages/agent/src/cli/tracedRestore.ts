import { Verdict } from "@pgkeep/core";
import { readAcceptance } from "../records/acceptance.js";
import { type AuditOutcome, type AuditTrail, audited } from "../records/audited.js";
import { readSuspicion } from "../records/suspicion.js";
import { usingRecoveryPoint } from "../records/useRecoveryPoint.js";
import type { RestoreReport } from "./describeRestore.js";

/**
 * Restores a recovery point so that others know of it: it is marked as in use meanwhile, and the audit trail tells what became of it. A suspicious
 * one is warned of. A rehearsal leaves no trace.
 */
export async function tracedRestore(
  trail: AuditTrail,
  id: string,
  dryRun: boolean,
  work: () => Promise<RestoreReport>,
): Promise<RestoreReport> {
  const { store, layout, reporter } = trail;
  const suspicion = await readSuspicion(store, layout, id);
  if (suspicion && !(await readAcceptance(store, layout, id))) {
    const findings = suspicion.findings.map(({ reason }) => reason).join("; ");
    reporter.warning(`${id} is suspicious beside ${suspicion.base}, and nobody accepted it: ${findings}`);
  }
  if (dryRun) return await work();
  return await audited(trail, "restore", id, () => usingRecoveryPoint(store, layout, id, "restore", reporter, work), outcomeOf);
}

function outcomeOf({ databases, files }: RestoreReport): AuditOutcome {
  const differing = (databases?.checks ?? [])
    .filter(({ verdict }) => verdict !== Verdict.Pass)
    .map(({ name, verdict }) => `${verdict}: ${name}`);
  return {
    result: differing.length > 0 ? "done-not-verified" : "done",
    details: [
      ...(databases ? [`into ${databases.plan.target}: ${databases.plan.databases.map(({ target }) => target).join(", ")}`] : []),
      ...(files ? [`${files.paths.length} files into ${files.folder}`] : []),
      ...differing,
    ],
  };
}
