import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JoinedCluster } from "./joinCluster.js";

/** Volumes that are made as Pods ask for them. */
export interface ProvisionedVolumes {
  storageClassName: string;
  /** Where the files of a bound claim are on this machine. */
  folderOf(namespace: string, claim: string): Promise<string>;
  /** Takes the class and its volumes away. Pods that still use one keep what they have mounted. */
  stop(): Promise<void>;
}

interface Claim {
  kind: "PersistentVolumeClaim";
  metadata: { name: string; namespace: string; uid: string; annotations?: Record<string, string>; deletionTimestamp?: string };
  spec: {
    storageClassName?: string;
    accessModes: string[];
    volumeMode?: string;
    volumeName?: string;
    resources: { requests: { storage: string } };
    dataSourceRef?: { kind: string; name: string };
  };
  status: { phase: string };
}

interface Volume {
  kind: "PersistentVolume";
  metadata: { name: string; deletionTimestamp?: string };
  spec: { storageClassName?: string; local?: { path: string } };
  status: { phase: string };
}

/** Nobody else's: a class of this name waits for volumes that only the loop below makes. */
const PROVISIONER = "pgkeep.invalid/stand-in-provisioner";
const EVERY_MILLISECONDS = 1000;

/**
 * STAND-IN for the storage provisioner that a cluster has and this one has not. It keeps to the protocol of external provisioners: the class waits for the
 * first consumer, the scheduler chooses the node, the volume is made for that claim, and is removed with its files when the claim has gone
 * (`persistentVolumeReclaimPolicy: Delete`). A volume is a folder of this machine that only root may write, with `lost+found`, as a new ext4 is: who writes
 * to it needs the Pod's `fsGroup`, which the real kubelet applies. What it is not: no size is enforced, no device is attached, nothing is copied out of a
 * snapshot or another claim (such a claim stays pending, and says so here), and nothing is ever resized.
 */
export async function provisionVolumes(
  cluster: Pick<JoinedCluster, "kubectl" | "apply">,
  storageClassName: string,
): Promise<ProvisionedVolumes> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-volumes-"));
  const ended = new AbortController();
  const told = new Set<string>();
  const tell = (text: string) => {
    if (!told.has(text)) console.error(`storage of the tests: ${text}`);
    told.add(text);
  };
  const work = { cluster, storageClassName, folder, tell };
  await cluster.apply({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: storageClassName },
    provisioner: PROVISIONER,
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy: "Delete",
  });
  const loop = (async () => {
    while (!ended.signal.aborted) {
      await lookOnce(work).catch((error: Error) => tell(error.message));
      await sleep(EVERY_MILLISECONDS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    storageClassName,
    folderOf: async (namespace, claim) => {
      const name = await cluster.kubectl("get", "pvc", claim, `--namespace=${namespace}`, "--output=jsonpath={.spec.volumeName}");
      if (name === "") throw new Error(`${namespace}/${claim} has no volume yet.`);
      return join(folder, name);
    },
    stop: async () => {
      ended.abort();
      await loop;
      await cluster.kubectl("delete", "storageclass", storageClassName, "--ignore-not-found");
      for (const { metadata } of (await readVolumes(work)).volumes)
        await cluster.kubectl("delete", "pv", metadata.name, "--wait=false", "--ignore-not-found");
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

interface Work {
  cluster: Pick<JoinedCluster, "kubectl" | "apply">;
  storageClassName: string;
  folder: string;
  tell(text: string): void;
}

async function lookOnce(work: Work): Promise<void> {
  const { claims, volumes } = await readVolumes(work);
  const made = new Set(volumes.map(({ metadata }) => metadata.name));
  for (const claim of claims) if (isWaiting(claim) && !made.has(volumeName(claim))) await makeVolume(work, claim);
  for (const volume of volumes) if (volume.status.phase === "Released") await removeVolume(work, volume);
}

async function readVolumes({ cluster, storageClassName }: Work): Promise<{ claims: Claim[]; volumes: Volume[] }> {
  const text = await cluster.kubectl("get", "pvc,pv", "--all-namespaces", "--output=json");
  const all = (JSON.parse(text) as { items: (Claim | Volume)[] }).items;
  const ours = all.filter(({ spec }) => spec.storageClassName === storageClassName);
  return {
    claims: ours.filter((item): item is Claim => item.kind === "PersistentVolumeClaim"),
    volumes: ours.filter((item): item is Volume => item.kind === "PersistentVolume"),
  };
}

/** Whether a scheduler has chosen its node, so that the volume is to be made there. */
function isWaiting({ metadata, spec, status }: Claim): boolean {
  return status.phase === "Pending" && nodeOf(metadata) !== undefined && metadata.deletionTimestamp === undefined && !spec.volumeName;
}

function nodeOf({ annotations = {} }: Claim["metadata"]): string | undefined {
  return annotations["volume.kubernetes.io/selected-node"];
}

function volumeName({ metadata }: Claim): string {
  return `pvc-${metadata.uid}`;
}

async function makeVolume({ cluster, storageClassName, folder, tell }: Work, claim: Claim): Promise<void> {
  const { metadata, spec } = claim;
  const { accessModes, resources, volumeMode = "Filesystem", dataSourceRef } = spec;
  if (dataSourceRef !== undefined || volumeMode !== "Filesystem") {
    const what =
      dataSourceRef === undefined ? `a volume of mode ${volumeMode}` : `a volume out of ${dataSourceRef.kind} ${dataSourceRef.name}`;
    tell(`${metadata.namespace}/${metadata.name} asks for ${what}, which this stand-in does not make`);
    return;
  }
  const name = volumeName(claim);
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(path);
    chmodSync(path, 0o755);
    mkdirSync(join(path, "lost+found"), { mode: 0o700 });
  }
  await cluster.apply({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, annotations: { "pv.kubernetes.io/provisioned-by": PROVISIONER } },
    spec: {
      storageClassName,
      accessModes,
      volumeMode,
      capacity: { storage: resources.requests.storage },
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [nodeOf(metadata)] }] }],
        },
      },
    },
  });
}

async function removeVolume({ cluster, folder }: Work, { metadata }: Volume): Promise<void> {
  await cluster.kubectl("delete", "pv", metadata.name, "--wait=false", "--ignore-not-found");
  rmSync(join(folder, metadata.name), { recursive: true, force: true, maxRetries: 3 });
}
