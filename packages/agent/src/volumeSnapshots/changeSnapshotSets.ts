import {
  ExitCode,
  ProblemError,
  type SnapshotConsistency,
  type SnapshotSet,
  SnapshotVerdict,
  takenAt,
  VOLUME_SNAPSHOT_LABELS,
  type VolumeSnapshotConfig,
  VolumeSnapshotMode,
} from "@pgkeep/core";
import type { KubernetesApi } from "./KubernetesApi.js";
import type { GroupSnapshotObject, SnapshotContentObject, VolumeSnapshotObject } from "./KubernetesObject.js";
import { GROUP_SNAPSHOT_GROUP, SNAPSHOT_GROUP, snapshotPlaces } from "./snapshotPlaces.js";

const LABELS = VOLUME_SNAPSHOT_LABELS;
/** A value of a label or annotation that is longer helps nobody. */
const LONGEST_REASON = 2000;

/** Asks the storage for a set: one group, or a snapshot of each claim. What is there of it already, from a run that died, stays as it is. */
export async function createSnapshotSet(api: KubernetesApi, config: VolumeSnapshotConfig, id: string): Promise<void> {
  const places = snapshotPlaces(config);
  const metadata = (name: string) => ({
    name,
    namespace: config.namespace,
    labels: { "app.kubernetes.io/managed-by": "pgkeep", [LABELS.schedule]: config.name, [LABELS.set]: id },
    annotations: { [LABELS.claims]: config.claims.join(",") },
  });
  if (config.mode === VolumeSnapshotMode.Group) {
    const name = `${config.name}-${id}`;
    const className = config.groupSnapshotClass;
    const made = await api.create(places.groups, {
      apiVersion: `${GROUP_SNAPSHOT_GROUP}/${config.groupApiVersion}`,
      kind: "VolumeGroupSnapshot",
      metadata: metadata(name),
      spec: {
        source: { selector: { matchLabels: config.selector } },
        ...(className === undefined ? {} : { volumeGroupSnapshotClassName: className }),
      },
    });
    if (made === undefined) assertOurs(await api.get<GroupSnapshotObject>(places.groups, name), name, id);
    return;
  }
  for (const claim of config.claims) {
    const name = `${config.name}-${id}-${claim}`;
    const made = await api.create(places.snapshots, {
      apiVersion: `${SNAPSHOT_GROUP}/v1`,
      kind: "VolumeSnapshot",
      metadata: metadata(name),
      spec: {
        source: { persistentVolumeClaimName: claim },
        ...(config.snapshotClass === undefined ? {} : { volumeSnapshotClassName: config.snapshotClass }),
      },
    });
    if (made === undefined) assertOurs(await api.get<VolumeSnapshotObject>(places.snapshots, name), name, id);
  }
}

function assertOurs(found: { metadata: { labels?: Record<string, string> } } | undefined, name: string, id: string): void {
  if (found === undefined || found.metadata.labels?.[LABELS.set] === id) return;
  throw new ProblemError(ExitCode.DataWrong, {
    where: name,
    reason: "something of this name is there that does not belong to the set",
    next: "remove it, or give the schedule another name",
  });
}

/** Writes on every object of a set what it is worth; whether all of them were there. */
export async function markSnapshotSet(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  set: SnapshotSet,
  mark: { verdict: SnapshotVerdict; reason?: string; consistency?: SnapshotConsistency },
): Promise<boolean> {
  const places = snapshotPlaces(config);
  const taken = takenAt(set);
  const body = {
    metadata: {
      labels: { [LABELS.schedule]: config.name, [LABELS.set]: set.id, [LABELS.verdict]: mark.verdict },
      annotations: {
        ...(mark.reason === undefined ? {} : { [LABELS.reason]: mark.reason.slice(0, LONGEST_REASON) }),
        ...(mark.consistency === undefined ? {} : { [LABELS.consistency]: mark.consistency }),
        ...(taken === null || mark.verdict !== SnapshotVerdict.Good ? {} : { [LABELS.takenAt]: taken.toISOString() }),
      },
    },
  };
  let whole = true;
  for (const { name } of set.members) whole = (await api.patch(places.snapshots, name, body)) !== undefined && whole;
  // Last, because of a group it alone decides.
  if (set.group !== null && (whole || mark.verdict !== SnapshotVerdict.Good))
    whole = (await api.patch(places.groups, set.group.name, body)) !== undefined && whole;
  return whole;
}

/** What the removal of a set did. */
export interface SnapshotSetRemoval {
  id: string;
  /** Contents whose snapshot stays on the storage, because their deletion policy is Retain. */
  leftBehind: string[];
}

/**
 * Removes a set: first it is called so, that an interruption leaves nothing that looks whole, then its objects go. A group goes as a whole: its
 * members cannot be deleted by themselves. What was replaced in the meantime under one of its names stays.
 */
export async function removeSnapshotSet(api: KubernetesApi, config: VolumeSnapshotConfig, set: SnapshotSet): Promise<SnapshotSetRemoval> {
  const places = snapshotPlaces(config);
  await markSnapshotSet(api, config, set, { verdict: SnapshotVerdict.Removing });
  const heads = set.group === null ? set.members : [set.group, ...set.members];
  const retained = heads.filter((head) => head.retained === true && head.bound === true);
  const leftBehind: string[] = [];
  for (const head of retained) {
    if (head.content === null) continue;
    if (!config.expireRetained) {
      leftBehind.push(head.content);
      continue;
    }
    const place = head === set.group ? places.groupContents : places.contents;
    await api.patch<SnapshotContentObject>(place, head.content, { spec: { deletionPolicy: "Delete" } });
  }
  if (set.group !== null) await api.remove(places.groups, set.group.name, set.group.uid);
  else for (const { name, uid } of set.members) await api.remove(places.snapshots, name, uid);
  return { id: set.id, leftBehind };
}
