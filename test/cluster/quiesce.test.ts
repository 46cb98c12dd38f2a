import {
  parseVolumeSnapshotConfig,
  QuiescedKind,
  type VolumeSnapshotConfigInput,
  type VolumeSnapshotMode,
  volumeSnapshotRights,
} from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { killContainer } from "../support/cluster/killContainer.js";
import { untilSeen } from "../support/cluster/untilSeen.js";
import { installCustomResources, missingCustomResources } from "../support/customResources.js";
import { type AnyObject, ClusterClient } from "../support/volumeSnapshots/ClusterClient.js";
import { grantRights } from "../support/volumeSnapshots/grantRights.js";
import { SnapshotDriver } from "../support/volumeSnapshots/snapshotDriver.js";

const NAMESPACE = "quiesce";
const RECORD = "pgkeep/quiesced";
/** The node's own, which does nothing. */
const IDLE = "pgkeep.invalid/pause:1";
const missing = missingSharedCluster() ?? missingCustomResources();

const seen = async (what: string, test: () => Promise<boolean>) => await untilSeen(what, async () => (await test()) || undefined);

/**
 * Real controllers and a real kubelet stop and start the workloads, and the agent runs as a Pod with exactly the rights of a schedule. Only the storage is a
 * stand-in (`test/support/volumeSnapshots/snapshotDriver.ts`): no volume is cut.
 */
describe.skipIf(missing !== undefined)("a quiesce on a node", () => {
  let cluster: JoinedCluster;
  let client: ClusterClient;
  let driver: SnapshotDriver;
  const config: VolumeSnapshotConfigInput = {
    version: 1,
    name: "orders",
    namespace: NAMESPACE,
    mode: "quiesce" as VolumeSnapshotMode,
    claims: ["data"],
    workloads: [
      { kind: QuiescedKind.Deployment, name: "api" },
      { kind: QuiescedKind.StatefulSet, name: "db" },
    ],
    stoppedWithin: "2m",
    readyWithin: "2m",
    resumeWithin: "10m",
  };
  const at = (path: string) => `/api/v1/namespaces/${NAMESPACE}/${path}`;
  const workloads = async () =>
    await Promise.all(
      ["deployments/api", "statefulsets/db"].map(async (path) => {
        const { metadata, spec, status } = await client.get(`/apis/apps/v1/namespaces/${NAMESPACE}/${path}`);
        return { replicas: spec.replicas, ready: status.readyReplicas ?? 0, stopped: metadata.annotations?.[RECORD] !== undefined };
      }),
    );
  const asBefore = [
    { replicas: 2, ready: 2, stopped: false },
    { replicas: 1, ready: 1, stopped: false },
  ];
  const running = async () => JSON.stringify(await workloads()) === JSON.stringify(asBefore);
  const allStopped = async () => (await workloads()).every(({ replicas, ready, stopped }) => replicas === 0 && ready === 0 && stopped);
  const snapshots = async () => await client.list(`/apis/snapshot.storage.k8s.io/v1/namespaces/${NAMESPACE}/volumesnapshots`);

  const agentSpec = (words: string[], grace = 30): AnyObject => ({
    restartPolicy: "Never",
    serviceAccountName: "agent",
    terminationGracePeriodSeconds: grace,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "agent",
        image: AGENT_IMAGE,
        imagePullPolicy: "Never",
        args: ["snapshot", ...words, "--json", "--log-format", "json"],
        env: [
          { name: "PGKEEP_SNAPSHOTS_YAML", value: JSON.stringify(config) },
          { name: "PGKEEP_POD_UID", valueFrom: { fieldRef: { fieldPath: "metadata.uid" } } },
          { name: "PGKEEP_RUN_ID", valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } } },
          { name: "PGKEEP_JOB_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } },
        ],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }],
  });
  const startJob = async (name: string, words: string[], backoffLimit: number) => {
    await client.create(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs`, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name },
      spec: { backoffLimit, template: { metadata: { labels: { job: name } }, spec: agentSpec(words) } },
    });
  };
  const podsOf = async (job: string) => await client.list(at(`pods?labelSelector=job%3D${job}`));
  const ended = async (job: string, condition: string) => {
    await seen(`job ${job} is ${condition}`, async () => {
      const { status } = await client.get(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs/${job}`);
      return status.conditions?.some(({ type, status: value }: AnyObject) => type === condition && value === "True") === true;
    });
    const [pod] = (await podsOf(job)).filter(({ status }) => status.phase === (condition === "Complete" ? "Succeeded" : "Failed"));
    const log = await cluster.kubectl("logs", `--namespace=${NAMESPACE}`, pod.metadata.name);
    const document = log.split("\n").findLast((line) => line.startsWith("{") && !line.includes('"level"')) ?? "{}";
    return JSON.parse(document) as AnyObject;
  };
  const podOf = async (job: string) => (await podsOf(job))[0].metadata.name as string;

  beforeAll(async () => {
    cluster = joinCluster();
    client = new ClusterClient(cluster.kubeconfig);
    await installCustomResources(cluster, ["snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io"]);
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    await cluster.kubectl("wait", `--namespace=${NAMESPACE}`, "--for=create", "serviceaccount/default", "--timeout=60s");
    await grantRights(client, NAMESPACE, "agent", volumeSnapshotRights(parseVolumeSnapshotConfig(config)));
    await client.create("/api/v1/persistentvolumes", {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "quiesce-data" },
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        hostPath: { path: "/run/pgkeep-quiesce", type: "DirectoryOrCreate" },
        claimRef: { namespace: NAMESPACE, name: "data" },
      },
    });
    await client.create(at("persistentvolumeclaims"), {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "", resources: { requests: { storage: "1Gi" } } },
    });
    const idle = (name: string, replicas: number, claims: string[]) => ({
      metadata: { name },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            terminationGracePeriodSeconds: 2,
            containers: [
              {
                name: "main",
                image: IDLE,
                imagePullPolicy: "Never",
                volumeMounts: claims.map((claim) => ({ name: claim, mountPath: `/${claim}` })),
              },
            ],
            volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
          },
        },
      },
    });
    const apps = `/apis/apps/v1/namespaces/${NAMESPACE}`;
    await client.create(`${apps}/deployments`, { apiVersion: "apps/v1", kind: "Deployment", ...idle("api", 2, []) });
    const db = idle("db", 1, ["data"]);
    await client.create(`${apps}/statefulsets`, {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      ...db,
      spec: { ...db.spec, serviceName: "db" },
    });
    await seen("the workloads are ready", running);
    driver = new SnapshotDriver(client, NAMESPACE);
    driver.start();
  });
  afterAll(async () => {
    await driver?.stop();
    await client?.remove("/api/v1/persistentvolumes/quiesce-data");
    client?.close();
    await cluster?.leave();
  });
  afterEach(() => {
    driver.behaviour = {};
  });

  it("stops and brings back, and the set is good", async () => {
    await startJob("good", ["take"], 0);
    const { set, stopped } = await ended("good", "Complete");
    // How long depends on the kubelet, which may take a minute to let go of a Pod on a busy machine.
    expect(set).toMatchObject({ verdict: "good", consistency: "stopped", claims: ["data"] });
    expect(Date.parse(stopped.until)).toBeGreaterThan(Date.parse(set.members[0].cutAt));
    await seen("the workloads are ready again", running);
  });

  it("killed in between: everything stays stopped until the watchdog, which heals; beside the living run it had left all alone", async () => {
    driver.behaviour = { data: { cutAfter: Number.POSITIVE_INFINITY } };
    await startJob("killed", ["take"], 0);
    const before = (await snapshots()).length;
    await seen("all is stopped and a snapshot asked for", async () => (await allStopped()) && (await snapshots()).length === before + 1);
    await startJob("beside", ["resume"], 0);
    expect(await ended("beside", "Complete")).toMatchObject({ resumed: [], held: [{ name: "db" }, { name: "api" }] });
    expect(await allStopped()).toBe(true);
    await killContainer(cluster, NAMESPACE, await podOf("killed"));
    await seen("the Pod has ended", async () => (await podsOf("killed")).every(({ status }) => status.phase === "Failed"));
    expect(await allStopped()).toBe(true);
    await startJob("watchdog", ["resume"], 0);
    expect(await ended("watchdog", "Complete")).toMatchObject({
      held: [],
      resumed: [
        { name: "db", replicas: 1, reason: "the run that stopped it is over" },
        { name: "api", replicas: 2 },
      ],
    });
    await seen("the workloads are ready again", running);
    const last = (await snapshots())
      .sort((one, other) => (one.metadata.creationTimestamp < other.metadata.creationTimestamp ? -1 : 1))
      .at(-1);
    expect(last.metadata.labels["pgkeep/verdict"]).toBeUndefined();
  });

  it("killed in between without a watchdog: the Job's next Pod heals first, then takes another set of the same run", async () => {
    driver.behaviour = { data: { cutAfter: Number.POSITIVE_INFINITY } };
    await startJob("retried", ["take"], 2);
    const before = (await snapshots()).length;
    await seen("all is stopped and a snapshot asked for", async () => (await allStopped()) && (await snapshots()).length === before + 1);
    await killContainer(cluster, NAMESPACE, await podOf("retried"));
    driver.behaviour = {};
    const { set, resumed } = await ended("retried", "Complete");
    expect(resumed.map(({ name, replicas }: AnyObject) => [name, replicas])).toEqual([
      ["db", 1],
      ["api", 2],
    ]);
    expect(set).toMatchObject({ verdict: "good", id: expect.stringMatching(/-2$/) });
    await seen("the workloads are ready again", running);
  });

  it("a Pod that is only asked to end brings everything back itself", async () => {
    driver.behaviour = { data: { cutAfter: Number.POSITIVE_INFINITY } };
    await startJob("asked", ["take"], 0);
    await seen("all is stopped", allStopped);
    const pod = await podOf("asked");
    const log = cluster.kubectl("logs", "--follow", pod, `--namespace=${NAMESPACE}`);
    await cluster.kubectl("delete", "pod", pod, "--wait=false", `--namespace=${NAMESPACE}`);
    expect(await log).toMatch(/StatefulSet db is brought back to 1[\s\S]*Deployment api is brought back to 2[\s\S]*interrupted by SIGTERM/);
    await seen("the workloads are ready again", running);
  });
});
