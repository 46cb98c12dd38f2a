import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { agentPodSpec } from "../agentPod/agentPodSpec.js";
import { DATA_FOLDER, drillLabels, IDENTITIES_FILE, IDENTITIES_FOLDER, SOCKET_FOLDER, scratchOf } from "./drillDefaults.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs, type KubernetesScratchVolumeArgs } from "./KubernetesRestoreDrillArgs.js";
import { scratchSidecar } from "./scratchSidecar.js";
import type { SettledDrill } from "./settleDrill.js";

type Volume = kubernetes.types.input.core.v1.Volume;
type Mount = kubernetes.types.input.core.v1.VolumeMount;

/** A drill ends in order within it: its mark on the recovery point is let go, and its server stops. */
const GRACE_SECONDS = 60;

/** What the drill's Pods are, all but their metadata. */
export function drillPodSpec(
  args: KubernetesRestoreDrillArgs,
  settled: SettledDrill,
  configuration: pulumi.Output<string>,
  serviceAccountName: pulumi.Input<string>,
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>,
): kubernetes.types.input.core.v1.PodSpec {
  const { identitySecret, scratchServer, scratchConnection } = args;
  const sidecar = scratchOf(args) === KubernetesDrillScratch.Sidecar;
  const mounts: Mount[] = [];
  const volumes: Volume[] = [];
  if (identitySecret !== undefined) {
    const items = [{ key: identitySecret.key, path: IDENTITIES_FILE }];
    volumes.push({ name: "identities", secret: { secretName: identitySecret.name, items } });
    mounts.push({ name: "identities", mountPath: IDENTITIES_FOLDER, readOnly: true });
  }
  if (args.scratchVolume !== undefined) {
    volumes.push(scratchVolume(args.scratchVolume, settled, labels));
    // Beside a sidecar the agent only asks how much room is left.
    mounts.push({ name: "scratch-data", mountPath: DATA_FOLDER, ...(sidecar ? { readOnly: true } : {}) });
  }
  if (sidecar) {
    volumes.push({ name: "scratch-socket", emptyDir: {} }, { name: "scratch-tmp", emptyDir: {} });
    mounts.push({ name: "scratch-socket", mountPath: SOCKET_FOLDER });
  }
  return agentPodSpec(args, {
    component: "KubernetesRestoreDrill",
    name: settled.name,
    labels: drillLabels(settled.name),
    command: [
      "drill",
      settled.recoveryPoint,
      ...(identitySecret === undefined ? [] : ["--identity-file", `${IDENTITIES_FOLDER}/${IDENTITIES_FILE}`]),
    ],
    configuration,
    image: settled.image,
    resources: settled.resources,
    serviceAccountName,
    restartPolicy: "Never",
    graceSeconds: GRACE_SECONDS,
    secrets: { PGPASSWORD: scratchConnection?.passwordSecret },
    ...(sidecar && scratchServer !== undefined && settled.scratchImage !== undefined
      ? { initContainers: [scratchSidecar(scratchServer, settled.scratchImage, settled, args)] }
      : {}),
    mounts,
    volumes,
  });
}

/** Made with the Pod and deleted with it (https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes). */
function scratchVolume(
  { size: asGiven, storageClassName }: KubernetesScratchVolumeArgs,
  { size = pulumi.output(asGiven) }: SettledDrill,
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>,
): Volume {
  return {
    name: "scratch-data",
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { labels },
        spec: {
          accessModes: ["ReadWriteOnce"],
          ...(storageClassName === undefined ? {} : { storageClassName }),
          resources: { requests: { storage: size } },
        },
      },
    },
  };
}
