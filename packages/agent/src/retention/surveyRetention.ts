import {
  type AgentConfig,
  ExitCode,
  isRecoveryPointId,
  ProblemError,
  planRetention,
  type RetentionCandidate,
  type RetentionPolicy,
  type StoreLayout,
  Verdict,
} from "@pgkeep/core";
import { type ListedRecoveryPoint, readRecoveryPoints } from "../manifest/history.js";
import { provenAt } from "../manifest/readDrills.js";
import { type RemovalState, readRemovalRecord, readRemovals } from "../records/tombstones.js";
import { readUses } from "../records/useRecoveryPoint.js";
import type { Store } from "../store/Store.js";
import type { RetentionSurvey, SurveyedLeftover, UnfinishedRemoval } from "./RetentionSurvey.js";
import { type ManifestReading, readManifests } from "./readableManifests.js";
import { aliveUntil } from "./signsOfLife.js";
import { readStoredAttempts, type StoredAttempt } from "./storedAttempts.js";

export interface SurveyOptions {
  config: AgentConfig;
  policy: RetentionPolicy;
  store: Store;
  layout: StoreLayout;
  /** By the store's clock where it is known. */
  now: Date;
}

/** Reads what there is and plans what a policy means for it. Changes nothing. */
export async function surveyRetention({ config, policy, store, layout, now }: SurveyOptions): Promise<RetentionSurvey> {
  // Attempts first: a run that commits meanwhile then has a manifest, and is no leftover.
  const stored = await readStoredAttempts(store, layout);
  const [points, uses, removals, hidden] = await Promise.all([
    readRecoveryPoints(store, layout, now),
    readUses(store, layout, now),
    readRemovals(store, layout),
    readHiddenIds(store, layout),
  ]);
  const ids = points.map(({ id }) => id);
  const readings = await readManifests(store, layout, ids, config.signing?.publicKeys ?? []);
  const unfinished = await findUnfinished(store, removals, readings, hidden ?? []);
  const leftovers = await findLeftovers(store, stored, readings, hidden ?? [], unfinished);
  const plan = planRetention(
    points.map((point) => candidateOf(point, uses.has(point.id), readings.get(point.id))),
    policy,
    {
      now,
      timeZone: config.schedule?.timeZone ?? "UTC",
      provenWithin: config.objectives.provenWithin,
      concerns: concerns(points, leftovers, now),
    },
  );
  return {
    plan,
    bytes: sizes(stored),
    attempts: new Map([...readings].flatMap(([id, reading]) => ("attempts" in reading ? [[id, reading.attempts]] : []))),
    suspicious: new Set(points.filter(({ good }) => !good).map(({ id }) => id)),
    leftovers: hidden === null ? [] : leftovers,
    unfinished: hidden === null ? [] : unfinished,
    removals,
    hidden,
  };
}

function candidateOf(point: ListedRecoveryPoint, inUse: boolean, reading: ManifestReading | undefined): RetentionCandidate {
  const { id, slot, good, pinned, removing, drills } = point;
  const unreadable = reading && "attempts" in reading ? null : (reading?.problem ?? "its manifest was not read");
  return { id, slot, good, provenAt: provenAt(drills), pinned, inUse, removing, unreadable };
}

/** Removals that began and whose manifest is gone. What was hidden without one having begun is nobody's to remove. */
async function findUnfinished(
  store: Store,
  removals: ReadonlyMap<string, RemovalState>,
  readings: ReadonlyMap<string, ManifestReading>,
  hidden: readonly string[],
): Promise<UnfinishedRemoval[]> {
  const unfinished: UnfinishedRemoval[] = [];
  for (const [id, state] of removals) {
    if (readings.has(id) || (state.kind !== "began" && hidden.includes(id))) continue;
    const record = state.kind === "began" ? await readRemovalRecord(store, state) : undefined;
    unfinished.push({ id, attempts: record?.attempts ?? [] });
  }
  return unfinished;
}

/** Objects of runs that did not commit, and of other attempts than the one that a manifest names. */
async function findLeftovers(
  store: Store,
  stored: readonly StoredAttempt[],
  readings: ReadonlyMap<string, ManifestReading>,
  hidden: readonly string[],
  unfinished: readonly UnfinishedRemoval[],
): Promise<SurveyedLeftover[]> {
  const leftovers: SurveyedLeftover[] = [];
  for (const attempt of stored) {
    const reading = readings.get(attempt.id);
    const isNeeded = reading !== undefined && !("attempts" in reading && !reading.attempts.includes(attempt.attempt));
    const isFinished = unfinished.some(({ id, attempts }) => id === attempt.id && attempts.includes(attempt.attempt));
    if (isNeeded || isFinished || hidden.includes(attempt.id)) continue;
    leftovers.push({ ...attempt, aliveUntil: await aliveUntil(store, attempt) });
  }
  return leftovers;
}

/** What went wrong lately. A later run that commits, or a later drill that passes, ends it. */
function concerns(points: readonly ListedRecoveryPoint[], leftovers: readonly SurveyedLeftover[], now: Date): string[] {
  const newest = points.at(-1)?.id ?? "";
  const died = leftovers.filter(({ id, aliveUntil }) => id > newest && aliveUntil <= now);
  const drills = points.flatMap(({ id, drills }) => drills.map((drill) => ({ id, ...drill })));
  const lastDrill = drills.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
  return [
    ...died.slice(-1).map(({ id }) => `the last run, ${id}, did not commit: a backup that succeeds comes first`),
    ...(lastDrill?.verdict === Verdict.Fail
      ? [
          `the last drill, of ${lastDrill.id} at ${lastDrill.at.toISOString()}, failed: an older recovery point may be the one that restores`,
        ]
      : []),
  ];
}

/** Recovery points behind a delete marker; null where these credentials may not ask, so that nobody can tell leftovers from what was hidden. */
async function readHiddenIds(store: Store, layout: StoreLayout): Promise<string[] | null> {
  const ids: string[] = [];
  try {
    for await (const { key } of store.listHidden(layout.manifests)) {
      const id = key.slice(layout.manifests.length).replace(/\.json$/, "");
      if (isRecoveryPointId(id)) ids.push(id);
    }
    return ids;
  } catch (error) {
    if (error instanceof ProblemError && error.exitCode === ExitCode.Permission) return null;
    throw error;
  }
}

function sizes(stored: readonly StoredAttempt[]): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const attempt of stored) bytes.set(attempt.id, (bytes.get(attempt.id) ?? 0) + attempt.bytes);
  return bytes;
}
