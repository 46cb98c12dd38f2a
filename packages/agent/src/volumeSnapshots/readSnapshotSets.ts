import {
  parseSnapshotSetId,
  SnapshotConsistency,
  type SnapshotGroup,
  type SnapshotMember,
  type SnapshotSet,
  SnapshotVerdict,
  VOLUME_SNAPSHOT_LABELS,
  type VolumeSnapshotConfig,
  VolumeSnapshotMode,
} from "@pgkeep/core";
import { inParallel } from "../backup/inParallel.js";
import type { KubernetesApi } from "./KubernetesApi.js";
import type { GroupSnapshotObject, ObjectMetadata, SnapshotContentObject, VolumeSnapshotObject } from "./KubernetesObject.js";
import { snapshotPlaces } from "./snapshotPlaces.js";

const LABELS = VOLUME_SNAPSHOT_LABELS;
/** Requests at once. */
const PARALLEL = 8;

/**
 * The sets of a schedule, as they lie in the cluster now, oldest first. What bears another schedule's label, or none, is not among them.
 * @param only the one that is wanted: to ask for the contents of all others every second would be many requests
 */
export async function readSnapshotSets(api: KubernetesApi, config: VolumeSnapshotConfig, only?: string): Promise<SnapshotSet[]> {
  const places = snapshotPlaces(config);
  const ofSchedule = `${LABELS.schedule}=${config.name}${only === undefined ? "" : `,${LABELS.set}=${only}`}`;
  if (config.mode !== VolumeSnapshotMode.Group) {
    const { items } = await api.list<VolumeSnapshotObject>(places.snapshots, ofSchedule);
    // Members of a group, from when the schedule had another mode, go with their group alone.
    const single = items.filter(({ status }) => status?.volumeGroupSnapshotName === undefined);
    const byId = Map.groupBy(single, ({ metadata }) => metadata.labels?.[LABELS.set] ?? "");
    const sets = await inParallel([...byId], PARALLEL, async ([id, objects]) => await assemble(id, objects), ignored);
    return sorted(sets);
  }
  const { items: groups } = await api.list<GroupSnapshotObject>(places.groups, ofSchedule);
  // The controller's own: they bear no label until the set is judged.
  const { items: all } = await api.list<VolumeSnapshotObject>(places.snapshots);
  const sets = await inParallel(
    groups,
    PARALLEL,
    async (group) => {
      const members = all.filter(
        ({ metadata, status }) =>
          status?.volumeGroupSnapshotName === group.metadata.name ||
          metadata.ownerReferences?.some(({ uid }) => uid === group.metadata.uid) === true,
      );
      return await assemble(group.metadata.labels?.[LABELS.set] ?? "", members, group);
    },
    ignored,
  );
  return sorted(sets);

  async function assemble(id: string, objects: readonly VolumeSnapshotObject[], group?: GroupSnapshotObject): Promise<SnapshotSet> {
    const members: SnapshotMember[] = [];
    for (const object of objects) members.push(await readMember(object));
    const heads = group === undefined ? objects : [group];
    const annotation = (name: string) => heads.map(({ metadata }) => metadata.annotations?.[name]).find((text) => text !== undefined);
    const claims = (annotation(LABELS.claims) ?? "").split(",").filter((claim) => claim !== "");
    const rank = ({ claim }: SnapshotMember) => (claim !== null && claims.includes(claim) ? claims.indexOf(claim) : claims.length);
    const consistency = annotation(LABELS.consistency);
    return {
      id,
      claims,
      group: group === undefined ? null : await readGroup(group),
      members: members.sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1)),
      verdict: verdictOf(heads, group === undefined ? claims.length : 1),
      reason: annotation(LABELS.reason) ?? null,
      consistency: Object.values(SnapshotConsistency).find((value) => value === consistency) ?? null,
      createdAt: new Date(Math.min(...heads.map(({ metadata }) => Date.parse(metadata.creationTimestamp)))),
    };
  }

  async function readMember({ metadata, spec, status }: VolumeSnapshotObject): Promise<SnapshotMember> {
    const content = status?.boundVolumeSnapshotContentName ?? null;
    const found = content === null ? undefined : await api.get<SnapshotContentObject>(places.contents, content);
    return {
      ...bindingOf(metadata, content, found, found?.spec.volumeSnapshotRef?.uid),
      claim: spec.source.persistentVolumeClaimName || null,
      cutAt: status?.creationTime === undefined ? null : new Date(status.creationTime),
      ready: status?.readyToUse === true,
      error: errorOf(metadata, status),
      restoreSize: status?.restoreSize ?? null,
      verdict: markOf(metadata),
    };
  }

  async function readGroup({ metadata, status }: GroupSnapshotObject): Promise<SnapshotGroup> {
    const content = status?.boundVolumeGroupSnapshotContentName ?? null;
    const found = content === null ? undefined : await api.get<SnapshotContentObject>(places.groupContents, content);
    return {
      ...bindingOf(metadata, content, found, found?.spec.volumeGroupSnapshotRef?.uid),
      ready: status?.readyToUse === true,
      error: errorOf(metadata, status),
    };
  }
}

/** Requests hold nothing that would have to be let go. */
function ignored(): void {}

/** Both must name each other: a content that somebody made by hand may show another's data. */
function bindingOf(metadata: ObjectMetadata, content: string | null, found: SnapshotContentObject | undefined, uid: string | undefined) {
  return {
    name: metadata.name,
    uid: metadata.uid,
    content,
    bound: content === null ? null : uid === metadata.uid,
    retained: found === undefined ? null : found.spec.deletionPolicy === "Retain",
  };
}

function errorOf({ deletionTimestamp }: ObjectMetadata, status: { error?: { message?: string } } | undefined): string | null {
  if (deletionTimestamp !== undefined) return "it is being deleted";
  return status?.error === undefined ? null : (status.error.message ?? "an error without a message");
}

function markOf({ labels }: ObjectMetadata): SnapshotVerdict | null {
  const label = labels?.[LABELS.verdict];
  return Object.values(SnapshotVerdict).find((value) => value === label) ?? null;
}

/** Of several objects the worst word counts, and good is only what was called so as a whole: a run may have died while it marked them. */
function verdictOf(heads: readonly { metadata: ObjectMetadata }[], wanted: number): SnapshotVerdict | null {
  const marks = heads.map(({ metadata }) => markOf(metadata));
  for (const worst of [SnapshotVerdict.Removing, SnapshotVerdict.Failed]) if (marks.includes(worst)) return worst;
  const good = marks.filter((mark) => mark === SnapshotVerdict.Good).length;
  if (good === 0) return null;
  // One of them is gone since: it was judged as a whole, and will be told as damaged.
  return good === heads.length || good >= wanted ? SnapshotVerdict.Good : null;
}

function sorted(sets: SnapshotSet[]): SnapshotSet[] {
  const ours = sets.filter(({ id }) => parseSnapshotSetId(id) !== undefined);
  return ours.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1));
}
