import type { PropertyRule, ResourceKind } from "../ResourceKind.js";
import { type Cluster, kubernetesKind } from "./kubernetesKind.js";

/** The provider knows nothing of what a custom resource's definition lets nobody change: a component says it by `replaceOnChanges`. */
const changeable: PropertyRule = { onChange: "update" };
const snapshotClass = { driver: changeable, deletionPolicy: changeable, parameters: changeable };

/** Custom resources that components declare, by `kubernetes.apiextensions.CustomResource`. */
export const customKinds: readonly ResourceKind<Cluster>[] = [
  kubernetesKind("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", snapshotClass),
  kubernetesKind("groupsnapshot.storage.k8s.io/v1", "VolumeGroupSnapshotClass", snapshotClass),
  kubernetesKind("groupsnapshot.storage.k8s.io/v1beta2", "VolumeGroupSnapshotClass", snapshotClass),
  kubernetesKind("velero.io/v1", "Schedule", { spec: changeable }),
  kubernetesKind("postgresql.cnpg.io/v1", "ScheduledBackup", { spec: changeable }),
  kubernetesKind("postgresql.cnpg.io/v1", "Cluster", { spec: changeable }),
  kubernetesKind("barmancloud.cnpg.io/v1", "ObjectStore", { spec: changeable }),
  kubernetesKind("monitoring.coreos.com/v1", "ServiceMonitor", { spec: changeable }),
  kubernetesKind("monitoring.coreos.com/v1", "PrometheusRule", { spec: changeable }),
];
