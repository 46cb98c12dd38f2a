import { type AgentConfig, LIFECYCLE_LOST_GUARDS, type Manifest, type StoreLayout } from "@pgkeep/core";
import { type ListedRecoveryPoint, readHistory, readRecoveryPoints } from "../manifest/history.js";
import { manifestAmounts, rowsOf } from "../manifest/manifestAmounts.js";
import { provenAt } from "../manifest/readDrills.js";
import { isEnforcedByLifecycle } from "../retention/enforcedBy.js";
import type { Store } from "../store/Store.js";
import { countRequests } from "./countRequests.js";
import { findFindings, heldAgainst } from "./findings.js";
import { lastActions } from "./lastActions.js";
import { nextRuns } from "./nextRuns.js";
import { readDrillTimes } from "./readDrillTimes.js";
import { readLastPhysicalDrill } from "./readLastPhysicalDrill.js";
import { Manifests } from "./readManifests.js";
import type { AgedPoint, StatusReport, TrendPoint } from "./StatusReport.js";

export interface StatusOptions {
  config: AgentConfig;
  store: Store;
  layout: StoreLayout;
  /** Defaults to now. */
  now?: Date;
  /** Lists every object to find what runs left that did not commit; slow where there is much. */
  withLeftovers?: boolean;
}

/** Manifests read for the trend. */
const TREND = 30;
const DRILLS = 10;
/** How many recovery points are tried for one whose manifest can be read. */
const MOST_TRIED = 20;

/**
 * How the recovery points of a cluster stand, from a few listings and the newest documents: its cost grows with the number of recovery points only by
 * the pages of their listing. Throws a ProblemError when the store cannot be asked; what is wrong with single recovery points is a finding.
 */
export async function readStatus({
  config,
  store: given,
  layout,
  now = new Date(),
  withLeftovers = false,
}: StatusOptions): Promise<StatusReport> {
  const began = performance.now();
  const { store, requests } = countRequests(given);
  const [history, actions, lastPhysicalDrill] = await Promise.all([
    withLeftovers
      ? readHistory(store, layout, now)
      : readRecoveryPoints(store, layout, now).then((recoveryPoints) => ({ recoveryPoints, leftovers: undefined })),
    lastActions(store, layout, now),
    readLastPhysicalDrill(store, layout),
  ]);
  const points = history.recoveryPoints;
  const staying = points.filter(({ removing }) => !removing);
  const good = staying.filter((point) => point.good);
  const proven = good.filter((point) => point.proven);
  const manifests = new Manifests(store, layout, config.signing?.publicKeys ?? []);
  const recent = staying.slice(-TREND);
  const [drills] = await Promise.all([
    readDrillTimes(store, points, DRILLS),
    manifests.read([...recent, ...good.slice(-1), ...proven.slice(-1)].map(({ id }) => id)),
  ]);
  const newestGood = await newestReadable(good, manifests);
  const newestProven = await newestReadable(proven, manifests);
  const aged = (point: ListedRecoveryPoint | undefined) => (point ? agedPoint(point, manifests.get(point.id), now) : null);
  const facts = {
    at: now,
    newest: { committed: aged(staying.at(-1)), good: aged(newestGood), proven: aged(newestProven) },
    lastProofAt: lastProof(good),
    drills,
    lastPhysicalDrill,
    counts: {
      all: points.length,
      good: good.length,
      proven: proven.length,
      suspicious: staying.filter((point) => !point.good).length,
      accepted: staying.filter(({ accepted }) => accepted).length,
      pinned: staying.filter(({ pinned }) => pinned).length,
      removing: points.length - staying.length,
    },
    unreadable: [...manifests.unreadable].map(([id, reason]) => ({ id, reason })),
  };
  const objectives = heldAgainst(config.objectives, facts);
  const newest = staying.at(-1);
  const findings = findFindings({ ...facts, newestIsSuspicious: newest !== undefined && !newest.good }, objectives);
  return {
    cluster: config.cluster,
    store: given.description,
    ok: findings.length === 0,
    findings,
    ...facts,
    objectives,
    retention: config.retention
      ? { enforcedBy: config.retention.enforcedBy, lostGuards: isEnforcedByLifecycle(config) ? LIFECYCLE_LOST_GUARDS : [] }
      : null,
    nextRuns: nextRuns(config, now),
    lastActions: actions,
    trend: recent.flatMap(({ id }) => trendPoint(manifests.get(id))),
    databases: newestGood ? databasesOf(manifests.get(newestGood.id)) : [],
    ...(history.leftovers ? { leftovers: history.leftovers } : {}),
    requests,
    milliseconds: Math.round(performance.now() - began),
  };
}

/** The newest whose manifest can be read: one that is damaged restores nothing. */
async function newestReadable(points: readonly ListedRecoveryPoint[], manifests: Manifests): Promise<ListedRecoveryPoint | undefined> {
  for (const point of points.slice(-MOST_TRIED).reverse()) {
    await manifests.read([point.id]);
    if (manifests.get(point.id)) return point;
  }
  return undefined;
}

function agedPoint({ id, slot, committedAt }: ListedRecoveryPoint, manifest: Manifest | undefined, now: Date): AgedPoint {
  const dataAsOf = manifest ? new Date(manifest.snapshot.takenAt) : slot;
  return { id, dataAsOf, committedAt, ageSeconds: Math.round((now.getTime() - dataAsOf.getTime()) / 1000) };
}

function lastProof(good: readonly ListedRecoveryPoint[]): Date | null {
  const passed = good.flatMap(({ drills }) => provenAt(drills)?.getTime() ?? []);
  return passed.length === 0 ? null : new Date(passed.reduce((a, b) => Math.max(a, b)));
}

function trendPoint(manifest: Manifest | undefined): TrendPoint[] {
  if (!manifest) return [];
  const { id, snapshot, beganAt, committedAt } = manifest;
  const backupSeconds = (new Date(committedAt).getTime() - new Date(beganAt).getTime()) / 1000;
  return [{ id, dataAsOf: new Date(snapshot.takenAt), backupSeconds, ...manifestAmounts(manifest) }];
}

function databasesOf(manifest: Manifest | undefined): StatusReport["databases"] {
  return (manifest?.databases ?? []).map(({ name, tables, object }) => ({
    name,
    rows: rowsOf(tables),
    storedBytes: object.bytes,
    plainBytes: object.plainBytes,
  }));
}
