import { ExitCode, ProblemError, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import { readManifest } from "./readManifest.js";

/** A recovery point whose manifest a newer pgkeep wrote. This one knows that it exists and nothing else about it. */
export interface NewerManifest {
  id: string;
  problem: string;
}

/** No store is read without end for this. */
const MOST_MANIFESTS = 100;

/**
 * The newest recovery points as far as a newer pgkeep wrote them, as after an update that was taken back. Reads one manifest where there are none:
 * it begins at the newest and ends at the first that this pgkeep can read. `ids` oldest first.
 */
export async function findNewerManifests(store: Store, layout: StoreLayout, ids: readonly string[]): Promise<NewerManifest[]> {
  const newer: NewerManifest[] = [];
  for (const id of ids.toReversed().slice(0, MOST_MANIFESTS)) {
    const problem = await newerThanThis(store, layout, id);
    if (problem === undefined) break;
    newer.push({ id, problem });
  }
  return newer.toReversed();
}

/** What a newer manifest is refused with; undefined for one that is not newer, be it damaged or gone. */
async function newerThanThis(store: Store, layout: StoreLayout, id: string): Promise<string | undefined> {
  try {
    await readManifest(store, layout, id, []);
    return undefined;
  } catch (error) {
    const isNewer = error instanceof ProblemError && error.exitCode === ExitCode.Configuration;
    return isNewer ? error.problems.map(({ received, reason, next }) => `${received}: ${reason}; ${next}`).join("; ") : undefined;
  }
}
