import { ExitCode, ProblemError, parseRecoveryPointId, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import { readHistory } from "./history.js";

/** Turns `latest`, `latest-proven` or an id into the id of a recovery point that exists. */
export async function resolveId(store: Store, layout: StoreLayout, idOrAlias: string): Promise<string> {
  if (idOrAlias !== "latest" && idOrAlias !== "latest-proven") {
    parseRecoveryPointId(idOrAlias);
    return idOrAlias;
  }
  const { recoveryPoints } = await readHistory(store, layout);
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
