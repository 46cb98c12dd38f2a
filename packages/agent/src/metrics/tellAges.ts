import { type AgentConfig, ProblemError, type StoreLayout } from "@pgkeep/core";
import { type ListedRecoveryPoint, readRecoveryPoints } from "../manifest/history.js";
import { readManifestIfAny } from "../manifest/readManifest.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";
import { type Ages, ageMetricLine } from "./embeddedMetrics.js";

export interface AgesOf {
  config: Pick<AgentConfig, "cluster" | "signing">;
  store: Store;
  layout: StoreLayout;
  reporter: Reporter;
  /** Where the line goes, whatever the form of the log. */
  messages: { write(text: string): unknown };
}

/** Writes the ages of the newest recovery points as a line of metrics. What goes wrong with that is a warning: it is no affair of the job before it. */
export async function tellAges({ reporter, messages, ...place }: AgesOf): Promise<void> {
  try {
    const now = new Date();
    const line = ageMetricLine(place.config.cluster, await readAges(place, now), now);
    if (line === undefined) reporter.warning("no metrics were written: there is no good recovery point whose age could be told");
    else messages.write(line);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    reporter.warning(`no metrics were written: ${error.message}`);
  }
}

/** From the listings of manifests and records, and two manifests. */
async function readAges({ config, store, layout }: Pick<AgesOf, "config" | "store" | "layout">, now: Date): Promise<Ages> {
  const good = (await readRecoveryPoints(store, layout, now)).filter((point) => point.good && !point.removing);
  const ageOf = async (point: ListedRecoveryPoint | undefined) => {
    if (point === undefined) return null;
    const manifest = await readManifestIfAny(store, layout, point.id, config.signing?.publicKeys ?? []);
    const dataAsOf = manifest ? new Date(manifest.snapshot.takenAt) : point.slot;
    return Math.round((now.getTime() - dataAsOf.getTime()) / 1000);
  };
  return { checked: await ageOf(good.at(-1)), proven: await ageOf(good.findLast(({ proven }) => proven)) };
}
