import { ExitCode, ProblemError, parseRecoveryPointId, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import { readRecoveryPoints } from "./history.js";

/** Turns `latest`, `latest-proven` or an id into an id. An alias never means a recovery point whose removal has begun. */
export async function resolveId(store: Store, layout: StoreLayout, idOrAlias: string): Promise<string> {
  if (idOrAlias !== "latest" && idOrAlias !== "latest-proven") {
    parseRecoveryPointId(idOrAlias);
    return idOrAlias;
  }
  const recoveryPoints = (await readRecoveryPoints(store, layout)).filter(({ removing }) => !removing);
  // A suspicious one may well have passed a drill: an emptied table restores perfectly.
  const candidates = idOrAlias === "latest" ? recoveryPoints : recoveryPoints.filter(({ state }) => state === "proven");
  const newest = candidates.at(-1);
  if (newest) return newest.id;
  throw new ProblemError(ExitCode.NoSuchRecoveryPoint, {
    where: "recovery point",
    received: idOrAlias,
    reason:
      recoveryPoints.length === 0
        ? `${store.description} holds no recovery point of this cluster`
        : `none of the ${recoveryPoints.length} recovery points was proven by a drill yet`,
    next: recoveryPoints.length === 0 ? "run `pgkeep backup` first" : "run `pgkeep drill latest` first, or name a recovery point by its id",
  });
}
