import { ProblemError } from "@pgkeep/core";
import { inParallel } from "../backup/inParallel.js";
import type { ListedRecoveryPoint } from "../manifest/history.js";
import { readDrillResult } from "../report/readDrillResult.js";
import type { Store } from "../store/Store.js";
import type { DrillOfStatus } from "./StatusReport.js";

const READERS = 8;

/** The newest `count` drills, oldest first, with the times that their results tell. The names tell the verdicts, whatever becomes of those. */
export async function readDrillTimes(store: Store, points: readonly ListedRecoveryPoint[], count: number): Promise<DrillOfStatus[]> {
  const all = points.flatMap(({ id, drills }) => drills.map((drill) => ({ id, drill })));
  const newest = all.sort((a, b) => a.drill.at.getTime() - b.drill.at.getTime()).slice(-count);
  return await inParallel(
    newest,
    READERS,
    async ({ id, drill }): Promise<DrillOfStatus> => {
      const result = await readDrillResult(store, drill).catch((error: unknown) => {
        if (error instanceof ProblemError) return undefined;
        throw error;
      });
      const restored = result && result.restoreMilliseconds > 0 ? result : undefined;
      return {
        id,
        at: drill.at,
        verdict: drill.verdict,
        restoreSeconds: restored ? restored.restoreMilliseconds / 1000 : null,
        compareSeconds: restored ? restored.compareMilliseconds / 1000 : null,
      };
    },
    () => undefined,
  );
}
