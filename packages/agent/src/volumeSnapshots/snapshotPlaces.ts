import type { VolumeSnapshotConfig } from "@pgkeep/core";
import type { ResourcePlace } from "./KubernetesApi.js";

export const SNAPSHOT_GROUP = "snapshot.storage.k8s.io";
export const GROUP_SNAPSHOT_GROUP = "groupsnapshot.storage.k8s.io";

/** Where each kind of object lies that a schedule deals with. */
export function snapshotPlaces({ namespace, groupApiVersion }: Pick<VolumeSnapshotConfig, "namespace" | "groupApiVersion">) {
  const snapshots = { group: SNAPSHOT_GROUP, version: "v1" };
  const groups = { group: GROUP_SNAPSHOT_GROUP, version: groupApiVersion };
  const core = { group: "", version: "v1", namespace };
  return {
    snapshots: { ...snapshots, resource: "volumesnapshots", namespace },
    contents: { ...snapshots, resource: "volumesnapshotcontents" },
    groups: { ...groups, resource: "volumegroupsnapshots", namespace },
    groupContents: { ...groups, resource: "volumegroupsnapshotcontents" },
    claims: { ...core, resource: "persistentvolumeclaims" },
    pods: { ...core, resource: "pods" },
    Deployment: { group: "apps", version: "v1", resource: "deployments", namespace },
    StatefulSet: { group: "apps", version: "v1", resource: "statefulsets", namespace },
  } satisfies Record<string, ResourcePlace>;
}
