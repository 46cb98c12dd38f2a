import type { VolumeSnapshotConfig } from "@pgkeep/core";
import type { KubernetesApi } from "../volumeSnapshots/KubernetesApi.js";
import { loadSnapshotConfiguration } from "../volumeSnapshots/loadSnapshotConfiguration.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import type { Surroundings } from "./Surroundings.js";
import { type Invocation, interruptibly } from "./withConfiguration.js";

/** What a command for volume snapshots works with. */
export interface VolumeSnapshotInvocation extends Invocation {
  api: KubernetesApi;
  config: VolumeSnapshotConfig;
}

/** Reads what the schedule does, opens the way to the cluster and runs the work. */
export async function withVolumeSnapshots<Result>(
  surroundings: Surroundings,
  options: GlobalOptions,
  interrupted: string,
  work: (invocation: VolumeSnapshotInvocation) => Promise<Result>,
): Promise<Result> {
  const { environment, folder } = surroundings;
  const config = await loadSnapshotConfiguration(options.config, environment, folder);
  return await interruptibly(surroundings, options, interrupted, async (invocation) => {
    // Here and not above: Kubernetes' client takes half a second and 90 MB, which no other command is to pay.
    const { openKubernetes } = await import("../volumeSnapshots/openKubernetes.js");
    return await work({ ...invocation, config, api: openKubernetes(environment, invocation.signal) });
  });
}
