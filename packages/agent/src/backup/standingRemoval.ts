import { ExitCode, ProblemError, type StoreLayout } from "@pgkeep/core";
import { isBeingRemoved } from "../records/removal.js";
import type { Store } from "../store/Store.js";

/** A removal that began and did not end would be ended by the next retention, with whatever lies under this id by then. */
export async function assertNoStandingRemoval(store: Store, layout: StoreLayout, id: string): Promise<void> {
  const isStanding = await isBeingRemoved(store, layout, id).catch((error: unknown) => {
    // Who may not list the store cannot ask.
    if (error instanceof ProblemError && error.exitCode === ExitCode.Permission) return false;
    throw error;
  });
  if (!isStanding) return;
  throw new ProblemError(ExitCode.TryAgain, {
    where: `${store.description}, recovery point ${id}`,
    reason: "an earlier run committed under this id, and its removal has begun and did not end: what is committed now would go with it",
    next: "run the backup again once `pgkeep retention apply` has ended the removal, or under another PGKEEP_RUN_ID",
  });
}
