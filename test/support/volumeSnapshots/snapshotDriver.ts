import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject, ClusterClient } from "./ClusterClient.js";

/** What the stand-in does with one volume's snapshot. Milliseconds; what is not said happens at once and well. */
export interface DriverBehaviour {
  /** Until the volume is cut. Infinity: never. */
  cutAfter?: number;
  /** Until the snapshot is ready, from the cut on. Infinity: never. */
  readyAfter?: number;
  /** Told as its time, beside the true one. */
  cutOffset?: number;
  /** Told as the last error. */
  error?: string;
  /** Its content names another snapshot. */
  boundToAnother?: boolean;
  /** It is ready for so long only. */
  readyFor?: number;
}

/** What it does with groups. */
export interface GroupBehaviour extends DriverBehaviour {
  /** Claims that the storage leaves out without a word. */
  without?: string[];
  /** Claims that it adds. */
  with?: string[];
  /** Of single members, by claim. */
  members?: Record<string, DriverBehaviour>;
}

const SNAPSHOTS = "/apis/snapshot.storage.k8s.io/v1";
const STEP = 100;

/**
 * Stands in for a CSI driver with external-snapshotter's controller and sidecar: makes contents and statuses for VolumeSnapshots and VolumeGroupSnapshots in the
 * order in which those do (external-snapshotter v8.6.0: the content, its binding, its status, then the snapshot's), and follows deletion policies. No volume
 * is cut. What it does well or badly is said by the test.
 */
export class SnapshotDriver {
  /** Of a claim: of all of its snapshots, but that a time is told once. */
  behaviour: Record<string, DriverBehaviour> = {};
  /** Of one snapshot, by its name, in place of that of its claim. */
  readonly only = new Map<string, DriverBehaviour>();
  group: GroupBehaviour = {};
  deletionPolicy: "Retain" | "Delete" = "Delete";
  /** What lies on the storage: handles. */
  readonly storage = new Set<string>();
  /** When each snapshot was cut, by the name of its object. */
  readonly cut = new Map<string, Date>();
  private readonly begun = new Map<string, number>();
  private readonly ready = new Map<string, number>();
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly client: ClusterClient,
    private readonly namespace: string,
    private groupVersion = "v1",
  ) {}

  start(): void {
    this.running = (async () => {
      while (!this.stopped) {
        await this.step();
        await sleep(STEP);
      }
    })();
    // Awaited by stop(), which tells of it.
    this.running.catch(() => {});
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Does nothing until `resume`. */
  async pause(): Promise<void> {
    await this.stop();
  }

  /** Goes on, by that version of the groups' API. */
  resume(groupVersion: string): void {
    this.groupVersion = groupVersion;
    this.stopped = false;
    this.start();
  }

  private get snapshots(): string {
    return `${SNAPSHOTS}/namespaces/${this.namespace}/volumesnapshots`;
  }
  private get groupRoot(): string {
    return `/apis/groupsnapshot.storage.k8s.io/${this.groupVersion}`;
  }

  private async step(): Promise<void> {
    const groups = await this.client.list(`${this.groupRoot}/namespaces/${this.namespace}/volumegroupsnapshots`);
    for (const group of groups) await this.serveGroup(group);
    const snapshots = await this.client.list(this.snapshots);
    for (const snapshot of snapshots) await this.serve(snapshot, this.behaviourOf(snapshot));
    await this.collect(snapshots, groups);
  }

  private behaviourOf({ metadata, status, spec }: AnyObject): DriverBehaviour {
    const only = this.only.get(metadata.name);
    if (only !== undefined) return only;
    const claim = spec.source.persistentVolumeClaimName;
    if (status?.volumeGroupSnapshotName === undefined) return this.behaviour[claim] ?? {};
    return { ...this.group, ...this.group.members?.[claim] };
  }

  private async serve(snapshot: AnyObject, behaviour: DriverBehaviour): Promise<void> {
    const { name, uid } = snapshot.metadata;
    const began = this.begun.get(uid) ?? Date.now();
    this.begun.set(uid, began);
    const content = `snapcontent-${uid}`;
    const path = `${SNAPSHOTS}/volumesnapshotcontents/${content}`;
    const inGroup = snapshot.status?.volumeGroupSnapshotName;
    if ((await this.client.get(path)) === undefined) {
      await this.client.create(`${SNAPSHOTS}/volumesnapshotcontents`, {
        apiVersion: "snapshot.storage.k8s.io/v1",
        kind: "VolumeSnapshotContent",
        metadata: { name: content },
        spec: {
          driver: "stand-in.example.org",
          deletionPolicy: this.deletionPolicy,
          source: { volumeHandle: snapshot.spec.source.persistentVolumeClaimName },
          volumeSnapshotRef: {
            ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot", name, namespace: this.namespace },
            uid: behaviour.boundToAnother === true ? "00000000-0000-0000-0000-000000000000" : uid,
          },
        },
      });
    }
    const status: AnyObject = {
      boundVolumeSnapshotContentName: content,
      ...(inGroup === undefined ? {} : { volumeGroupSnapshotName: inGroup }),
    };
    if (Date.now() - began >= (behaviour.cutAfter ?? 0)) {
      const at = this.cut.get(name) ?? new Date();
      if (!this.cut.has(name)) this.storage.add(content);
      this.cut.set(name, at);
      const isReady = this.ready.has(name) || Date.now() - at.getTime() >= (behaviour.readyAfter ?? 0);
      if (isReady && !this.ready.has(name)) this.ready.set(name, Date.now());
      status.creationTime = snapshot.status?.creationTime ?? new Date(at.getTime() + (behaviour.cutOffset ?? 0)).toISOString();
      status.readyToUse = isReady && Date.now() - (this.ready.get(name) ?? 0) < (behaviour.readyFor ?? Number.POSITIVE_INFINITY);
      status.restoreSize = "1Gi";
    }
    // A merge takes away only what is said to be nothing.
    status.error = behaviour.error === undefined ? null : { message: behaviour.error, time: new Date().toISOString() };
    if (differs(snapshot.status ?? {}, status)) await this.client.patch(`${this.snapshots}/${name}/status`, { status });
  }

  private async serveGroup(group: AnyObject): Promise<void> {
    const { name, uid } = group.metadata;
    const behaviour = this.group;
    const began = this.begun.get(uid) ?? Date.now();
    this.begun.set(uid, began);
    const content = `groupsnapcontent-${uid}`;
    const path = `${this.groupRoot}/volumegroupsnapshotcontents/${content}`;
    const claims = await this.claimsOf(group);
    if ((await this.client.get(path)) === undefined) {
      await this.client.create(`${this.groupRoot}/volumegroupsnapshotcontents`, {
        apiVersion: `groupsnapshot.storage.k8s.io/${this.groupVersion}`,
        kind: "VolumeGroupSnapshotContent",
        metadata: { name: content },
        spec: {
          driver: "stand-in.example.org",
          deletionPolicy: this.deletionPolicy,
          source: { volumeHandles: claims },
          volumeGroupSnapshotRef: {
            ...{
              apiVersion: `groupsnapshot.storage.k8s.io/${this.groupVersion}`,
              kind: "VolumeGroupSnapshot",
              name,
              namespace: this.namespace,
            },
            uid: behaviour.boundToAnother === true ? "00000000-0000-0000-0000-000000000000" : uid,
          },
        },
      });
    }
    const status: AnyObject = { boundVolumeGroupSnapshotContentName: content, readyToUse: false };
    status.error = behaviour.error === undefined ? null : { message: behaviour.error, time: new Date().toISOString() };
    if (Date.now() - began >= (behaviour.cutAfter ?? 0)) {
      const members = await Promise.all(claims.map(async (claim) => await this.member(group, claim)));
      status.creationTime = group.status?.creationTime ?? new Date().toISOString();
      status.readyToUse = members.every(({ status: told }) => told?.readyToUse === true);
    }
    if (differs(group.status ?? {}, status)) {
      await this.client.patch(`${this.groupRoot}/namespaces/${this.namespace}/volumegroupsnapshots/${name}/status`, { status });
    }
  }

  /** Those that the labels select, and what the test adds or leaves out. */
  private async claimsOf({ spec }: AnyObject): Promise<string[]> {
    const selector = Object.entries(spec.source.selector.matchLabels)
      .map(([label, value]) => `${label}=${value}`)
      .join(",");
    const path = `/api/v1/namespaces/${this.namespace}/persistentvolumeclaims?labelSelector=${encodeURIComponent(selector)}`;
    const selected = (await this.client.list(path)).map(({ metadata }) => metadata.name as string);
    return [...selected.filter((claim) => !this.group.without?.includes(claim)), ...(this.group.with ?? [])];
  }

  private async member(group: AnyObject, claim: string): Promise<AnyObject> {
    const name = `snapshot-${group.metadata.uid.slice(0, 8)}-${claim}`;
    const found = await this.client.get(`${this.snapshots}/${name}`);
    if (found !== undefined) return found;
    await this.client.create(this.snapshots, {
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshot",
      metadata: {
        name,
        // Such an object alone nobody can delete.
        finalizers: ["snapshot.storage.kubernetes.io/volumesnapshot-in-group-protection"],
        ownerReferences: [
          { apiVersion: group.apiVersion, kind: "VolumeGroupSnapshot", name: group.metadata.name, uid: group.metadata.uid },
        ],
      },
      spec: { source: { persistentVolumeClaimName: claim } },
    });
    return await this.client.patch(`${this.snapshots}/${name}/status`, { status: { volumeGroupSnapshotName: group.metadata.name } });
  }

  /** What deletion policies say of contents whose snapshot is gone. A group's members go with it. */
  private async collect(snapshots: AnyObject[], groups: AnyObject[]): Promise<void> {
    const groupUids = new Set(groups.map(({ metadata }) => metadata.uid));
    for (const { metadata } of snapshots) {
      const owner = metadata.ownerReferences?.[0]?.uid;
      if (owner === undefined || groupUids.has(owner)) continue;
      await this.client.patch(`${this.snapshots}/${metadata.name}`, { metadata: { finalizers: null } });
      await this.client.remove(`${this.snapshots}/${metadata.name}`);
    }
    const uids = new Set(snapshots.map(({ metadata }) => metadata.uid));
    // Contents have no namespace: those of other tests on the same cluster are theirs.
    const isOwn = (reference: AnyObject) => reference.namespace === this.namespace;
    for (const { metadata, spec } of await this.client.list(`${SNAPSHOTS}/volumesnapshotcontents`)) {
      if (!isOwn(spec.volumeSnapshotRef)) continue;
      if (uids.has(metadata.name.replace("snapcontent-", "")) || spec.deletionPolicy !== "Delete") continue;
      this.storage.delete(metadata.name);
      await this.client.remove(`${SNAPSHOTS}/volumesnapshotcontents/${metadata.name}`);
    }
    for (const { metadata, spec } of await this.client.list(`${this.groupRoot}/volumegroupsnapshotcontents`)) {
      if (!isOwn(spec.volumeGroupSnapshotRef)) continue;
      if (groupUids.has(metadata.name.replace("groupsnapcontent-", "")) || spec.deletionPolicy !== "Delete") continue;
      await this.client.remove(`${this.groupRoot}/volumegroupsnapshotcontents/${metadata.name}`);
    }
  }
}

function differs(now: AnyObject, wanted: AnyObject): boolean {
  return Object.entries(wanted).some(([name, value]) => {
    if (name === "error") return (now.error?.message ?? null) !== ((value as AnyObject)?.message ?? null);
    if (name === "creationTime")
      return now[name] === undefined || Math.floor(Date.parse(now[name]) / 1000) !== Math.floor(Date.parse(value as string) / 1000);
    return now[name] !== value;
  });
}
