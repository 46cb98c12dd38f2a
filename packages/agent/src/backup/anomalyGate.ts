import { type AgentConfig, ExitCode, findSuspicions, type Manifest, ProblemError, type StoreLayout, type Suspicion } from "@pgkeep/core";
import { readRecoveryPoints } from "../manifest/history.js";
import { readManifest } from "../manifest/readManifest.js";
import { readAcceptance } from "../records/acceptance.js";
import { markSuspicious, readSuspicion } from "../records/suspicion.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

/** What the anomaly gate says of a recovery point. */
export interface AnomalyVerdict {
  /** The last good recovery point, which it was compared with; null where there was none, or none could be read. */
  base: string | null;
  /** What is suspicious; empty where nothing is, or where somebody accepted it. */
  findings: Suspicion[];
}

/** This many manifests that cannot be read are passed over, each with a warning, to find one to compare with. */
const MOST_BASES = 5;

/**
 * Compares a recovery point that is about to be committed with the last good one, and marks it as suspicious where that says so: before its
 * manifest is written, so that no listing ever shows it without the mark.
 */
export async function passAnomalyGate(
  store: Store,
  layout: StoreLayout,
  config: Pick<AgentConfig, "anomaly" | "signing">,
  manifest: Manifest,
  reporter: Reporter,
): Promise<AnomalyVerdict> {
  const base = await lastGood(store, layout, config, manifest.id, reporter);
  const findings = base ? findSuspicions(base, manifest, config.anomaly) : [];
  if (base && findings.length > 0) await markSuspicious(store, layout, manifest.id, base.id, findings);
  // An earlier attempt of this run may have left its mark and died before it committed: whoever lists sees that mark.
  const marked = await readSuspicion(store, layout, manifest.id);
  return marked ? { base: marked.base, findings: marked.findings } : { base: base?.id ?? null, findings: [] };
}

/** What the gate said of a recovery point that was committed before. */
export async function anomalyVerdictOf(store: Store, layout: StoreLayout, id: string): Promise<AnomalyVerdict> {
  const marked = await readSuspicion(store, layout, id);
  if (!marked) return { base: null, findings: [] };
  const accepted = (await readAcceptance(store, layout, id)) !== undefined;
  return { base: marked.base, findings: accepted ? [] : marked.findings };
}

async function lastGood(
  store: Store,
  layout: StoreLayout,
  config: Pick<AgentConfig, "signing">,
  id: string,
  reporter: Reporter,
): Promise<Manifest | undefined> {
  const candidates = await goodPoints(store, layout, id, reporter);
  for (const candidate of candidates.slice(0, MOST_BASES)) {
    try {
      return await readManifest(store, layout, candidate, config.signing?.publicKeys ?? []);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      reporter.warning(`the last good recovery point ${candidate} cannot be compared with: ${wordsOf(error)}`, { base: candidate });
    }
  }
  if (candidates.length > 0) {
    reporter.warning(
      "no good recovery point could be read, so this one was compared with none: a table that was emptied would not be noticed",
    );
  }
  return undefined;
}

/** Newest first. */
async function goodPoints(store: Store, layout: StoreLayout, id: string, reporter: Reporter): Promise<string[]> {
  try {
    const points = await readRecoveryPoints(store, layout);
    return points.flatMap((point) => (point.good && !point.removing && point.id !== id ? [point.id] : [])).toReversed();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.exitCode !== ExitCode.Permission) throw error;
    reporter.warning(`this recovery point was compared with none, since these credentials may not list the store: ${wordsOf(error)}`);
    return [];
  }
}

function wordsOf({ problems }: ProblemError): string {
  return problems.map(({ where, reason }) => `${where}: ${reason}`).join("; ");
}
