import { writeFileSync } from "node:fs";
import { ExitCode } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KubernetesImagePullPolicy, QuiescedKind, SnapshotSchedule, VolumeSnapshotMode } from "../../packages/kubernetes/src/index.js";
import { Project } from "../agent/Project.js";
import { runHere } from "../agent/runHere.js";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { killContainer } from "../support/cluster/killContainer.js";
import { type ProvisionedVolumes, provisionVolumes } from "../support/cluster/provisionVolumes.js";
import { type JobsInSight, seeJobs } from "../support/cluster/seeJobs.js";
import { untilSeen } from "../support/cluster/untilSeen.js";
import { installCustomResources, missingCustomResources } from "../support/customResources.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { ClusterClient } from "../support/volumeSnapshots/ClusterClient.js";
import { SnapshotDriver } from "../support/volumeSnapshots/snapshotDriver.js";

const NAMESPACE = "snapshot-schedule";
const CLAIMS = ["data", "wal"];
const missing = missingSharedCluster() ?? missingEngine() ?? missingCustomResources();

interface ListedSet {
  id: string;
  standing: string;
  reason: string | null;
  consistency: string | null;
  members: { name: string; claim: string }[];
}

/**
 * The component deployed by the real engine onto a real node with its real controllers: Pods of the agent's image with exactly the component's roles. What
 * cuts volumes is the stand-in of `test/support/volumeSnapshots`, for a machine of tests has no CSI driver.
 */
describe.skipIf(missing !== undefined)("SnapshotSchedule on a node", { timeout: 600_000 }, () => {
  let cluster: JoinedCluster;
  let volumes: ProvisionedVolumes;
  let client: ClusterClient;
  let driver: SnapshotDriver;
  let stack: EngineStack;
  let project: Project;
  let jobs: JobsInSight;

  const program = () => {
    const { snapshotConfiguration, watchdogName } = new SnapshotSchedule("volumes", {
      namespace: NAMESPACE,
      mode: VolumeSnapshotMode.Quiesce,
      claims: CLAIMS,
      workloads: [
        { kind: QuiescedKind.Deployment, name: "shop" },
        { kind: QuiescedKind.StatefulSet, name: "shop-db" },
      ],
      // Sets are taken by hand here; the watchdog runs all the same.
      suspend: true,
      schedule: "0 3 * * *",
      watchdogMinutes: 1,
      readyWithin: "20s",
      retries: 0,
      retention: { keepLast: 1 },
      image: AGENT_IMAGE,
      allowImageTag: true,
      imagePullPolicy: KubernetesImagePullPolicy.Never,
    });
    return Promise.resolve({ snapshotConfiguration, watchdogName });
  };

  beforeAll(async () => {
    cluster = joinCluster();
    jobs = seeJobs(cluster, NAMESPACE);
    await installCustomResources(cluster, ["snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io"]);
    volumes = await provisionVolumes(cluster, "snapshotted");
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
    await declareShop(cluster);
    client = new ClusterClient(cluster.kubeconfig);
    driver = new SnapshotDriver(client, NAMESPACE);
    driver.start();
    project = new Project();
    const secrets = { "kubernetes:kubeconfig": cluster.kubeconfig };
    stack = await startStack({ program, providers: [kubernetesProvider()], secrets });
    await stack.up();
    await allReady();
  });
  afterAll(async () => {
    await stack?.destroy();
    await stack?.dispose();
    await driver?.stop();
    client?.close();
    project?.remove();
    await cluster?.kubectl("delete", "namespace", NAMESPACE, "--wait=false");
    await volumes?.stop();
    await cluster?.leave();
  });

  const kubectl = (...words: string[]) => cluster.kubectl(`--namespace=${NAMESPACE}`, ...words);
  const podsOfTheShop = async () =>
    (await kubectl("get", "pods", "--selector=part-of=shop", "--output=name")).split("\n").filter(Boolean).length;
  interface Workload {
    spec: { replicas: number };
    status: { readyReplicas?: number };
  }
  async function workloads(): Promise<Workload[]> {
    const text = await kubectl("get", "deployment/shop", "statefulset/shop-db", "--output=json");
    return (JSON.parse(text) as { items: Workload[] }).items;
  }
  const replicas = async () => (await workloads()).map(({ spec }) => spec.replicas);
  // Ready, and not only there: to end Pods that had just begun to start took the kubelet of a busy machine a minute and a half.
  const allReady = () =>
    untilSeen(
      "the shop's Pods",
      async () => ((await workloads()).map(({ status }) => status.readyReplicas).join() === "2,1" ? true : undefined),
      { circumstances: () => kubectl("get", "pods", "--output=wide") },
    );
  const marks = async () =>
    (await kubectl("get", "deployment/shop", "statefulset/shop-db", "--output=yaml")).match(/pgkeep\/quiesced/g) ?? [];
  async function sets(): Promise<ListedSet[]> {
    const { snapshotConfiguration } = await stack.outputs();
    const file = `${project.folder}/kubeconfig`;
    writeFileSync(file, cluster.kubeconfig, { mode: 0o600 });
    const environment = { KUBECONFIG: file, PGKEEP_SNAPSHOTS_YAML: snapshotConfiguration?.value as string };
    const { exitCode, stdout, stderr } = await runHere(project, ["snapshot", "list", "--json"], { environment });
    expect(exitCode, stderr).toBe(ExitCode.Done);
    return (JSON.parse(stdout) as { sets: ListedSet[] }).sets;
  }
  const take = (name: string) => kubectl("create", "job", name, "--from=cronjob/volumes");
  const logOf = (job: string) => kubectl("logs", `job/${job}`).catch(String);
  const exitCodes = async (job: string) =>
    (await jobs.podsOf(job)).map(({ status }) => status.containerStatuses?.[0]?.state.terminated?.exitCode);
  async function expectAllBack(): Promise<void> {
    expect(await replicas()).toEqual([2, 1]);
    expect(await marks()).toEqual([]);
    await allReady();
  }

  it("stops what writes, has all volumes cut while no Pod of it is left, and brings it back", async () => {
    driver.behaviour = Object.fromEntries(CLAIMS.map((claim) => [claim, { cutAfter: 3000 }]));
    await take("first");
    await untilSeen("a snapshot", async () => ((await kubectl("get", "volumesnapshots", "--output=name")) === "" ? undefined : true));
    expect(await podsOfTheShop()).toBe(0);
    expect(await replicas()).toEqual([0, 0]);
    expect(await marks()).toHaveLength(2);
    expect(await jobs.end("first", 280), await logOf("first")).toMatchObject({ type: "Complete" });
    await expectAllBack();
    const [set, ...others] = await sets();
    expect(others).toEqual([]);
    expect(set).toMatchObject({ standing: "good", consistency: "stopped", members: [{ claim: "data" }, { claim: "wal" }] });
    expect(set?.members.map(({ name }) => name)).toEqual(CLAIMS.map((claim) => `volumes-${set?.id}-${claim}`));
    const lines = (await kubectl("logs", "job/first")).trim().split("\n");
    for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow();
  });

  it("may do what its roles say and nothing else", async () => {
    const account = `--as=system:serviceaccount:${NAMESPACE}:volumes`;
    const may = (...words: string[]) =>
      kubectl("auth", "can-i", ...words, account).then(
        (text) => text.trim(),
        (error: Error) => (/\bno\b/.test(error.message) ? "no" : error.message),
      );
    expect(await Promise.all([may("patch", "deployment/shop"), may("get", "volumesnapshotcontents"), may("list", "pods")])).toEqual([
      "yes",
      "yes",
      "yes",
    ]);
    const refused = [
      may("patch", "deployment/another"),
      may("delete", "deployment/shop"),
      may("patch", "volumesnapshotcontents"),
      may("delete", "pods"),
      may("get", "secrets"),
      may("delete", "pvc/data"),
      may("list", "pods", "--all-namespaces"),
    ];
    expect(await Promise.all(refused)).toEqual(refused.map(() => "no"));
  });

  it("calls no set good whose storage fails, brings everything back, and removes nothing", async () => {
    const before = await sets();
    driver.behaviour = { data: { error: "the storage is full", readyAfter: Number.POSITIVE_INFINITY } };
    await take("failing");
    expect(await jobs.end("failing", 280), await logOf("failing")).toMatchObject({ type: "Failed", reason: "BackoffLimitExceeded" });
    expect(await exitCodes("failing")).toEqual([ExitCode.TryAgain]);
    await expectAllBack();

    driver.behaviour = { wal: { boundToAnother: true } };
    await take("another");
    expect(await jobs.end("another", 280), await logOf("another")).toMatchObject({ type: "Failed", reason: "PodFailurePolicy" });
    expect(await exitCodes("another")).toEqual([ExitCode.DataWrong]);
    await expectAllBack();

    const after = await sets();
    expect(after.map(({ standing }) => standing)).toEqual(["good", "failed", "failed"]);
    expect(after[0]).toEqual(before[0]);
    expect(after[1]?.reason).toContain("the storage is full");
    expect(after[2]?.reason).toContain("which is another's");
  });

  it("has a watchdog that brings back what a run left stopped that was killed, although the schedule is suspended", async () => {
    driver.behaviour = Object.fromEntries(CLAIMS.map((claim) => [claim, { cutAfter: Number.POSITIVE_INFINITY }]));
    await take("lost");
    const taking = async () => (await sets()).find(({ standing, members }) => standing === "running" && members.length === CLAIMS.length);
    await untilSeen("two snapshots that are never cut", taking, { circumstances: () => logOf("lost") });
    // Before it: the watchdog comes each minute, and may be the first to look behind it.
    expect(await replicas()).toEqual([0, 0]);
    const [pod] = await jobs.podsOf("lost");
    await killContainer(cluster, NAMESPACE, pod?.metadata.name ?? "");
    expect(await jobs.end("lost", 280), await logOf("lost")).toMatchObject({ type: "Failed" });
    await untilSeen("what the watchdog brings back", async () => ((await replicas()).join() === "2,1" ? true : undefined));
    await expectAllBack();
    const names = (await kubectl("get", "jobs", "--output=jsonpath={.items[*].metadata.name}")).split(" ");
    const watchdogs = names.filter((name) => /^volumes-resume-\d+$/.test(name));
    expect(watchdogs).not.toEqual([]);
    const logs = await Promise.all(watchdogs.map((name) => kubectl("logs", `job/${name}`)));
    expect(logs.join("\n")).toContain("the run that stopped it is over");
    expect((await sets()).filter(({ standing }) => standing === "good")).toHaveLength(1);
  });

  it("takes the next set as if nothing had been, and only then lets the oldest good one go", async () => {
    driver.behaviour = {};
    const [oldest] = await sets();
    await take("next");
    expect(await jobs.end("next", 280), await logOf("next")).toMatchObject({ type: "Complete" });
    await expectAllBack();
    const listed = await sets();
    expect(listed.filter(({ standing }) => standing === "good").map(({ id }) => id)).toEqual([listed.at(-1)?.id]);
    expect(listed.map(({ id }) => id)).not.toContain(oldest?.id);
  });

  it("has nothing to change the second time, also where controllers act on what it declared", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });
});

/** An application and its database: nothing but programs that run until they are told to end, the second with two volumes. */
async function declareShop(cluster: JoinedCluster): Promise<void> {
  const metadata = (name: string) => ({ name, namespace: NAMESPACE });
  for (const claim of CLAIMS) {
    const spec = { accessModes: ["ReadWriteOnce"], storageClassName: "snapshotted", resources: { requests: { storage: "1Gi" } } };
    await cluster.apply({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: metadata(claim), spec });
  }
  const workload = (kind: "Deployment" | "StatefulSet", name: string, replicas: number, claims: readonly string[]) => {
    const labels = { app: name, "part-of": "shop" };
    return cluster.apply({
      apiVersion: "apps/v1",
      kind,
      metadata: metadata(name),
      spec: {
        replicas,
        selector: { matchLabels: labels },
        ...(kind === "StatefulSet" ? { serviceName: name } : {}),
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 5,
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "program",
                image: AGENT_IMAGE,
                imagePullPolicy: "Never",
                command: ["/usr/local/bin/node", "-e", 'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000)'],
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
                volumeMounts: claims.map((claim) => ({ name: claim, mountPath: `/var/lib/${claim}` })),
              },
            ],
            volumes: claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: claim } })),
          },
        },
      },
    });
  };
  await workload("Deployment", "shop", 2, []);
  await workload("StatefulSet", "shop-db", 1, CLAIMS);
}
