import { counted, ExitCode, formatDuration, ProblemError, SnapshotFallback } from "@pgkeep/core";
import { holdSnapshot } from "../snapshot/holdSnapshot.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination, ExaminedServer } from "./Examination.js";

/** Freezes one instant over all databases for real, and lets go of it at once. Nobody is blocked: the configured fallback is not used. */
export function checkInstant({ config, reporter, signal }: Examination, { connection, server }: ExaminedServer): Promise<Diagnosis> {
  return diagnose("one instant", async () => {
    if (server.inRecovery && config.snapshot.fallback === SnapshotFallback.PauseStandby) {
      throw new ProblemError(ExitCode.CouldNotVerify, {
        where: "snapshot.fallback",
        received: config.snapshot.fallback,
        reason: "on a standby one instant needs replay to be paused, which is not tried only to see",
        next: "take a backup, which pauses it and resumes it whatever happens",
      });
    }
    const held = await holdSnapshot(connection, config.databases, { ...config.snapshot, fallback: SnapshotFallback.Fail }, reporter, {
      signal,
    });
    await held.release();
    const { tries, milliseconds } = held.proof;
    return [`${counted(config.databases.length, "database")} in ${counted(tries, "try", "tries")}, ${formatDuration(milliseconds)}`];
  });
}
