import { QuiescedKind, type VolumeSnapshotConfig, VolumeSnapshotMode } from "./volumeSnapshotConfig.js";

/** One rule of RBAC that a schedule of volume snapshots needs. */
export interface VolumeSnapshotRight {
  /** `cluster`: the objects have no namespace, so that the rule stands in a ClusterRole. */
  scope: "namespace" | "cluster";
  apiGroup: string;
  resources: string[];
  verbs: string[];
  /** Absent where no names can be said. */
  resourceNames?: string[];
  /** What it is needed for, and where no names are given, why not. */
  reason: string;
}

const SNAPSHOTS = "snapshot.storage.k8s.io";
const GROUPS = "groupsnapshot.storage.k8s.io";
const NO_NAMES = "no names: those of snapshots are made when they are taken";

/** Everything that `pgkeep snapshot` asks of Kubernetes for such a schedule, and nothing else. */
export function volumeSnapshotRights(
  config: Pick<VolumeSnapshotConfig, "mode" | "claims" | "workloads" | "expireRetained">,
): VolumeSnapshotRight[] {
  return [...snapshotRights(config), ...claimRights(config), ...workloadRights(config)];
}

function snapshotRights({ mode, expireRetained }: Pick<VolumeSnapshotConfig, "mode" | "expireRetained">): VolumeSnapshotRight[] {
  const content = ["get", ...(expireRetained ? ["patch"] : [])];
  const contentReason = `a snapshot is good only if its content is bound to it, and its deletion policy stands there${
    expireRetained ? "; patch sets the policy Retain to Delete where a set expires (expireRetained)" : ""
  }; no names: the controller makes them up`;
  const rule = (scope: "namespace" | "cluster", apiGroup: string, resource: string, verbs: string[], reason: string) => ({
    ...{ scope, apiGroup, resources: [resource], verbs, reason },
  });
  if (mode !== VolumeSnapshotMode.Group) {
    return [
      rule(
        "namespace",
        SNAPSHOTS,
        "volumesnapshots",
        ["create", "get", "list", "patch", "delete"],
        `takes, marks and prunes snapshots; ${NO_NAMES}`,
      ),
      rule("cluster", SNAPSHOTS, "volumesnapshotcontents", content, contentReason),
    ];
  }
  return [
    rule(
      "namespace",
      GROUPS,
      "volumegroupsnapshots",
      ["create", "get", "list", "patch", "delete"],
      `takes, marks and prunes groups; ${NO_NAMES}`,
    ),
    rule("cluster", GROUPS, "volumegroupsnapshotcontents", content, contentReason),
    rule(
      "namespace",
      SNAPSHOTS,
      "volumesnapshots",
      ["get", "list", "patch"],
      "reads and marks the members of a group, which go with it alone; no names: the controller makes them up",
    ),
    rule("cluster", SNAPSHOTS, "volumesnapshotcontents", content, contentReason),
  ];
}

function claimRights({ mode, claims }: Pick<VolumeSnapshotConfig, "mode" | "claims">): VolumeSnapshotRight[] {
  const common = { scope: "namespace" as const, apiGroup: "", resources: ["persistentvolumeclaims"] };
  if (mode !== VolumeSnapshotMode.Group) {
    return [
      { ...common, verbs: ["get"], resourceNames: [...claims], reason: "sees before a set is taken that its claims are there and bound" },
    ];
  }
  return [
    {
      ...common,
      verbs: ["list"],
      reason:
        "sees before a group is taken that its labels select exactly the claims; no names: a list by labels cannot be limited by them",
    },
  ];
}

function workloadRights({ mode, workloads }: Pick<VolumeSnapshotConfig, "mode" | "workloads">): VolumeSnapshotRight[] {
  if (mode !== VolumeSnapshotMode.Quiesce) return [];
  const byKind = (kind: QuiescedKind, resource: string): VolumeSnapshotRight[] => {
    const resourceNames = workloads.filter((workload) => workload.kind === kind).map(({ name }) => name);
    if (resourceNames.length === 0) return [];
    const reason =
      "stops and brings back what writes; patch of the object itself and not of its scale, so that replicas and the record of what they were change in one write";
    return [{ scope: "namespace", apiGroup: "apps", resources: [resource], verbs: ["get", "patch"], resourceNames, reason }];
  };
  return [
    ...byKind(QuiescedKind.Deployment, "deployments"),
    ...byKind(QuiescedKind.StatefulSet, "statefulsets"),
    {
      scope: "namespace",
      apiGroup: "",
      resources: ["pods"],
      verbs: ["list", "watch"],
      reason:
        "waits until no Pod of the workloads and none with one of the claims is left, sees that none came while volumes were cut, and whether the run that stopped them still lives; no names: a Deployment's Pods get theirs when they are made",
    },
  ];
}
