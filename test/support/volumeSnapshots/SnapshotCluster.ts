import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseVolumeSnapshotConfig, type VolumeSnapshotConfigInput, type VolumeSnapshotRight, volumeSnapshotRights } from "@pgkeep/core";
import { Project } from "../../agent/Project.js";
import { runHere } from "../../agent/runHere.js";
import { installCustomResources } from "../customResources.js";
import { startKubernetes, type TestKubernetes } from "../kubernetesServer.js";
import { type AnyObject, ClusterClient } from "./ClusterClient.js";
import { grantRights } from "./grantRights.js";
import { SnapshotDriver } from "./snapshotDriver.js";
import { WorkloadStandIn } from "./workloadStandIn.js";

export const NAMESPACE = "shop";

/** A real API server with the real custom resources of snapshots, stand-ins for who acts on them, and an account with exactly the rights of a schedule. */
export class SnapshotCluster {
  readonly project = new Project();
  private constructor(
    readonly kubernetes: TestKubernetes,
    readonly client: ClusterClient,
    readonly driver: SnapshotDriver,
    readonly workloads: WorkloadStandIn,
  ) {}

  static async start(groupVersion = "v1"): Promise<SnapshotCluster> {
    const kubernetes = await startKubernetes();
    await installCustomResources(kubernetes, ["snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io"]);
    const client = new ClusterClient(kubernetes.kubeconfig);
    await client.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    // A controller makes it otherwise, and without it no Pod is admitted.
    await client.create(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default" },
    });
    const cluster = new SnapshotCluster(
      kubernetes,
      client,
      new SnapshotDriver(client, NAMESPACE, groupVersion),
      new WorkloadStandIn(client, NAMESPACE),
    );
    cluster.driver.start();
    cluster.workloads.start();
    return cluster;
  }

  async stop(): Promise<void> {
    try {
      await this.driver.stop();
      await this.workloads.stop();
    } finally {
      this.client.close();
      this.project.remove();
      await this.kubernetes.stop();
    }
  }

  async claim(name: string, labels: Record<string, string> = {}): Promise<void> {
    const path = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`;
    await this.client.create(path, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, labels },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName: "", volumeName: `pv-${name}` },
    });
    await this.client.patch(`${path}/${name}/status`, { status: { phase: "Bound" } });
  }

  /** A Deployment or StatefulSet whose Pods have some claims. */
  async workload(kind: "Deployment" | "StatefulSet", name: string, replicas: number, claims: readonly string[]): Promise<void> {
    const labels = { app: name };
    const volumes = claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
    await this.client.create(`/apis/apps/v1/namespaces/${NAMESPACE}/${kind.toLowerCase()}s`, {
      apiVersion: "apps/v1",
      kind,
      metadata: { name },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        ...(kind === "StatefulSet" ? { serviceName: name } : {}),
        template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "none" }], volumes } },
      },
    });
    await this.until(async () => (await this.pods(name)).length === replicas);
  }

  async pods(app: string): Promise<AnyObject[]> {
    return await this.client.list(`/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3D${app}`);
  }

  /** `Deployment api`. */
  async readWorkload(words: string): Promise<AnyObject> {
    const [kind = "", name = ""] = words.split(" ");
    return await this.client.get(`/apis/apps/v1/namespaces/${NAMESPACE}/${kind.toLowerCase()}s/${name}`);
  }

  async snapshots(): Promise<AnyObject[]> {
    return await this.client.list(`/apis/snapshot.storage.k8s.io/v1/namespaces/${NAMESPACE}/volumesnapshots`);
  }

  /** A kubeconfig of an account that may do what the schedule needs, and nothing else. `without` leaves rights out. */
  async account(
    config: VolumeSnapshotConfigInput,
    without: (right: VolumeSnapshotRight) => VolumeSnapshotRight | undefined = (right) => right,
  ): Promise<string> {
    const rights = volumeSnapshotRights(parseVolumeSnapshotConfig(config))
      .flatMap((right) => without(right) ?? [])
      .filter(({ verbs }) => verbs.length > 0);
    const name = `agent-${Math.random().toString(36).slice(2, 10)}`;
    const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
    await grantRights(this.client, NAMESPACE, name, rights);
    const asked = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const { status } = await this.client.create(`${accounts}/${name}/token`, asked);
    const kubeconfig = JSON.parse(this.kubernetes.kubeconfig);
    kubeconfig.users[0].user.token = status.token;
    const file = join(this.project.folder, `${name}.kubeconfig`);
    writeFileSync(file, JSON.stringify(kubeconfig), { mode: 0o600 });
    return file;
  }

  /** What the command's environment says of cluster, schedule and run. */
  environment(config: VolumeSnapshotConfigInput, kubeconfig: string, run?: { id: string; slot: string }): Record<string, string> {
    return {
      KUBECONFIG: kubeconfig,
      PGKEEP_SNAPSHOTS_YAML: JSON.stringify(config),
      ...(run === undefined ? {} : { PGKEEP_RUN_ID: run.id, PGKEEP_SLOT: run.slot }),
    };
  }

  /** Runs `pgkeep snapshot …` in this process. */
  async run(words: readonly string[], environment: Record<string, string>) {
    return await runHere(this.project, ["snapshot", ...words], { environment });
  }

  async until(seen: () => Promise<boolean>, milliseconds = 10_000): Promise<void> {
    for (const deadline = Date.now() + milliseconds; !(await seen()); await sleep(50)) {
      if (Date.now() > deadline) throw new Error(`This was not seen within ${milliseconds} ms: ${seen.toString()}`);
    }
  }
}
