import { readApplicationEnvironment } from "../application/applicationEnvironment.js";
import { runBackup } from "../backup/backup.js";
import { loadSigningKey } from "../configuration/keys.js";
import { loadConnection } from "../configuration/loadConnection.js";
import { runIdentity } from "../configuration/runIdentity.js";
import { backupFacts } from "../notify/jobFacts.js";
import { whoAmI } from "../records/whoAmI.js";
import { backupAndRetentionExit, retentionAfterBackup } from "../retention/retentionAfterBackup.js";
import { retentionFacts } from "../retention/retentionFacts.js";
import type { TaskSurroundings } from "./configuredTasks.js";
import type { ScheduledTask } from "./ScheduledTask.js";

/**
 * `pgkeep backup` for a slot. The recovery point's id follows from cluster and slot alone, so a second run of a slot finds what the first committed. Secrets
 * are read anew for each run, since they may have been exchanged.
 */
export function backupTask({ config, store, environment }: TaskSurroundings): ScheduledTask["run"] {
  return async ({ slot, reporter, signal }) => {
    const run = `schedule of ${config.cluster}, backup, ${slot.toISOString()}`;
    const signingKey = await loadSigningKey(config, environment);
    const backup = await runBackup({
      config,
      connection: await loadConnection(config.connection, environment),
      store,
      identity: runIdentity({ PGKEEP_RUN_ID: run, PGKEEP_SLOT: slot.toISOString() }),
      ...(signingKey ? { signingKey } : {}),
      application: readApplicationEnvironment(environment),
      by: whoAmI(environment),
      reporter,
      signal,
    });
    const { manifest, committedBefore, anomaly } = backup;
    const retention = await retentionAfterBackup(backup, { config, store, by: whoAmI(environment), reporter, signal });
    const facts = backupFacts(manifest);
    const summary = [
      facts.summary ?? manifest.id,
      ...(committedBefore ? ["committed by an earlier attempt"] : []),
      ...anomaly.findings.map(({ reason }) => reason),
      ...(retention?.kind === "failed" ? [`retention failed: ${retention.problem}`] : []),
      ...(retention?.kind === "applied" ? [retentionFacts(retention.result).summary] : []),
    ].join("; ");
    return { ...facts, summary, exitCode: backupAndRetentionExit(backup, retention) };
  };
}
