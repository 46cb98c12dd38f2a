/** What the agent reads of an object's metadata. */
export interface ObjectMetadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { kind: string; uid: string }[];
}

export interface VolumeSnapshotObject {
  metadata: ObjectMetadata;
  spec: { source: { persistentVolumeClaimName?: string } };
  status?: {
    boundVolumeSnapshotContentName?: string;
    creationTime?: string;
    readyToUse?: boolean;
    restoreSize?: string;
    error?: { message?: string };
    volumeGroupSnapshotName?: string;
  };
}

export interface GroupSnapshotObject {
  metadata: ObjectMetadata;
  status?: { boundVolumeGroupSnapshotContentName?: string; readyToUse?: boolean; error?: { message?: string } };
}

/** Of a snapshot or of a group of them. */
export interface SnapshotContentObject {
  metadata: ObjectMetadata;
  spec: { deletionPolicy: "Delete" | "Retain"; volumeSnapshotRef?: { uid?: string }; volumeGroupSnapshotRef?: { uid?: string } };
}

export interface ClaimObject {
  metadata: ObjectMetadata;
  status?: { phase?: string };
}

export interface WorkloadObject {
  metadata: ObjectMetadata;
  spec: { replicas: number; selector: LabelSelector };
  status?: { observedGeneration?: number; replicas?: number };
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: "In" | "NotIn" | "Exists" | "DoesNotExist"; values?: string[] }[];
}

export interface PodObject {
  metadata: ObjectMetadata;
  spec: { volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
  status?: { phase?: string };
}
