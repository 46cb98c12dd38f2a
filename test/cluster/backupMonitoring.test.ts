import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupMonitoring, type BackupMonitoringArgs, KubernetesImagePullPolicy } from "../../packages/kubernetes/src/index.js";
import { Project } from "../agent/Project.js";
import { createShop, SHOP } from "../agent/shop.js";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { installCustomResources, missingCustomResources } from "../support/customResources.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { freePort } from "../support/freePort.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { runProgram } from "../support/runProgram.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";

const NAMESPACE = "backup-monitoring";
const missing = missingSharedCluster() ?? missingEngine() ?? missingPostgres(15) ?? missingS3() ?? missingCustomResources();

interface Pod {
  metadata: { name: string };
  spec: { nodeName: string };
  status: {
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { restartCount: number }[];
  };
}

/**
 * The component deployed by the real engine onto a real node, under the restricted Pod Security and beside policies that deny everything, which the bridge of
 * this rig does not enforce. No Prometheus runs: what it would read is read from the Pod, and what its rules make of that is asked of promtool.
 */
describe.skipIf(missing !== undefined)("BackupMonitoring on a node", () => {
  let cluster: JoinedCluster;
  let server: TestServer;
  let s3: TestS3;
  let stack: EngineStack;
  let project: Project;
  let rpo = "26h";
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-monitored-"));

  beforeAll(async () => {
    cluster = joinCluster();
    server = await startPostgres();
    await createShop(server);
    s3 = await startS3();
    await s3.createBucket("shop-backups");
    const reader = await s3.createUser();
    const bucket = "arn:aws:s3:::shop-backups";
    const allowed = (Action: string, Resource: string) => ({ Effect: "Allow", Principal: { AWS: [reader.accessKey] }, Action, Resource });
    const Statement = [allowed("s3:GetObject", `${bucket}/*`), allowed("s3:ListBucket", bucket)];
    await s3.client.send(
      new PutBucketPolicyCommand({ Bucket: "shop-backups", Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
    );

    project = new Project();
    const store = { url: "s3://shop-backups/postgres", endpoint: s3.endpoint, region: s3.region, forcePathStyle: true };
    project.configure(server.connection, SHOP, { cluster: "shop", store });
    project.environment.AWS_ACCESS_KEY_ID = s3.accessKey;
    project.environment.AWS_SECRET_ACCESS_KEY = s3.secretKey;
    await project.succeed(["backup"]);

    const [storePort, nobody] = [Number(new URL(s3.endpoint).port), await freePort()];
    await cluster.expose(storePort);
    await installCustomResources({ kubeconfig: cluster.kubeconfig } as never, ["monitoring.coreos.com"]);
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
    const object = (name: string) => ({ name, namespace: NAMESPACE });
    await cluster.apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: object("deny-everything"),
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
    const keys = { id: reader.accessKey, secret: reader.secretKey };
    await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: object("shop-reader"), stringData: keys });

    const configured = (port: number) =>
      JSON.stringify({
        version: 1,
        cluster: "shop",
        databases: SHOP,
        connection: { host: "no-such-server.invalid", user: "nobody" },
        store: { ...store, endpoint: `http://${cluster.hostAddress}:${port}` },
      });
    const args: BackupMonitoringArgs = {
      namespace: NAMESPACE,
      configuration: configured(storePort),
      refresh: "30s",
      secrets: {
        AWS_ACCESS_KEY_ID: { name: "shop-reader", key: "id" },
        AWS_SECRET_ACCESS_KEY: { name: "shop-reader", key: "secret" },
      },
      image: AGENT_IMAGE,
      allowImageTag: true,
      imagePullPolicy: KubernetesImagePullPolicy.Never,
      network: { storeCidrs: [`${cluster.hostAddress}/32`] },
      prometheusLabels: { release: "kube-prometheus-stack" },
      dashboard: {},
    };
    stack = await startStack({
      program: () => {
        const { alertRules } = new BackupMonitoring("backups", { ...args, rpo });
        new BackupMonitoring("without-store", { ...args, configuration: configured(nobody) });
        return Promise.resolve({ alertRules });
      },
      providers: [kubernetesProvider()],
      secrets: { "kubernetes:kubeconfig": cluster.kubeconfig },
    });
    await stack.up();
  });
  afterAll(async () => {
    await stack?.destroy();
    await stack?.dispose();
    project?.remove();
    await s3?.stop();
    await server?.stop();
    await cluster?.leave();
    rmSync(folder, { recursive: true, force: true });
  });

  const kubectl = (...words: string[]) => cluster.kubectl(`--namespace=${NAMESPACE}`, ...words);
  async function podsOf(name: string): Promise<Pod[]> {
    const selector = `--selector=app.kubernetes.io/component=exporter,app.kubernetes.io/instance=${name}`;
    return (JSON.parse(await kubectl("get", "pods", selector, "--output=json")) as { items: Pod[] }).items;
  }
  async function until<Value>(what: string, ask: () => Promise<Value | undefined>, seconds = 120): Promise<Value> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const value = await ask();
      if (value !== undefined) return value;
      if (Date.now() > end) {
        const seen = [await kubectl("describe", "pods").catch(String), await kubectl("get", "all", "--output=wide").catch(String)];
        return expect.fail(`${what} did not come about:\n${seen.join("\n").slice(-8000)}`);
      }
      await sleep(500);
    }
  }
  const readyPod = (name: string) =>
    until(`a Pod of ${name} that is ready`, async () => {
      const [pod, ...others] = await podsOf(name);
      const ready = pod?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
      return ready && others.length === 0 ? pod : undefined;
    });
  const scraped = async ({ status }: Pod, path = "/metrics") => {
    const answer = await fetch(`http://${status.podIP}:9187${path}`, { signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, text: await answer.text() };
  };
  const told = (text: string, series: string) => {
    const line = text.split("\n").find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  };
  const restarts = (pod: Pod | undefined) => pod?.status.containerStatuses?.map(({ restartCount }) => restartCount);

  /** Which alerts fire, by the rules that were deployed, where Prometheus has scraped a text for an hour. */
  async function firing(text: string, job: string): Promise<string[]> {
    const alertRules = String((await stack.outputs()).alertRules?.value);
    const rules = join(folder, "rules.json");
    writeFileSync(rules, alertRules.replaceAll('job=\\"backups\\"', `job=\\"${job}\\"`));
    // In the tests of rules time begins in 1970, and it is one o'clock: all times are moved there together.
    const shift = Date.now() / 1000 - 3600;
    const lines = text.split("\n").flatMap((line) => {
      const [, metric, labels, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
      if (metric === undefined) return [];
      const now = metric.endsWith("_timestamp_seconds") ? Number(value) - shift : Number(value);
      return [{ series: `${metric}{${labels},namespace="${NAMESPACE}",job="${job}"}`, values: `${now}x60` }];
    });
    const up = { series: `up{namespace="${NAMESPACE}",job="${job}"}`, values: "1x60" };
    const names = (JSON.parse(alertRules) as { groups: { rules: { alert: string }[] }[] }).groups.flatMap((group) =>
      group.rules.map(({ alert }) => alert),
    );
    const fired: string[] = [];
    for (const alert of names) {
      const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`;
      const promql_expr_test = [{ expr, eval_time: "1h", exp_samples: [{ labels: "{}", value: 1 }] }];
      const tests = [{ interval: "1m", input_series: [...lines, up], promql_expr_test }];
      const file = join(folder, "test.json");
      writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: "1m", tests }));
      const seen = await runProgram("promtool", ["test", "rules", file]).catch((error: Error) => error.message);
      if (seen.includes("SUCCESS")) fired.push(alert);
      else expect(seen).toMatch(/got:\s*\{\} 0E\+00/);
    }
    return fired;
  }

  it("tells the age of a real recovery point, with a credential that may only read", async () => {
    const pod = await readyPod("backups");
    const { text } = await scraped(pod);
    expect(told(text, 'pgkeep_up{postgres_cluster="shop"}'), await kubectl("logs", pod.metadata.name)).toBe(1);
    const at = told(text, 'pgkeep_newest_data_timestamp_seconds{postgres_cluster="shop",state="good"}') ?? 0;
    const age = Date.now() / 1000 - at;
    expect(age).toBeGreaterThan(0);
    expect(age).toBeLessThan(900);
    expect(told(text, 'pgkeep_objective_rpo_seconds{postgres_cluster="shop"}')).toBe(26 * 3600);
    expect(told(text, 'pgkeep_objective_proven_within_seconds{postgres_cluster="shop"}')).toBe(35 * 86_400);
    expect((await scraped(pod, "/healthz")).status).toBe(200);
    expect(restarts(pod)).toEqual([0]);
    // Nothing was drilled yet, and nobody hears anything else.
    expect(await firing(text, "backups")).toEqual(["PgkeepNotProven"]);
  });

  it("needs less memory than it is given", async () => {
    const pod = await readyPod("backups");
    await scraped(pod);
    const stats = JSON.parse(await cluster.kubectl("get", "--raw", `/api/v1/nodes/${pod.spec.nodeName}/proxy/stats/summary`)) as {
      pods: { podRef: { name: string }; containers: { memory: { workingSetBytes: number } }[] }[];
    };
    const used = stats.pods.find(({ podRef }) => podRef.name === pod.metadata.name)?.containers[0]?.memory.workingSetBytes ?? 0;
    expect(used).toBeGreaterThan(10 * 1024 ** 2);
    expect(used, `${Math.round(used / 1024 ** 2)} MiB`).toBeLessThan(112 * 1024 ** 2);
  });

  it("is scraped by its Service's port, which Kubernetes leads to this Pod alone", async () => {
    const pod = await readyPod("backups");
    const slices = JSON.parse(await kubectl("get", "endpointslices", "--selector=kubernetes.io/service-name=backups", "--output=json")) as {
      items: { ports: { name: string; port: number }[]; endpoints: { addresses: string[]; conditions: { ready: boolean } }[] }[];
    };
    expect(slices.items.map(({ ports }) => ports)).toEqual([[{ name: "metrics", port: 9187, protocol: "TCP" }]]);
    expect(slices.items[0]?.endpoints).toMatchObject([{ addresses: [pod.status.podIP], conditions: { ready: true } }]);
    const monitor = JSON.parse(await kubectl("get", "servicemonitor", "backups", "--output=json")) as {
      metadata: { labels: object };
      spec: { selector: { matchLabels: Record<string, string> } };
    };
    expect(monitor.metadata.labels).toMatchObject({ release: "kube-prometheus-stack" });
    const selector = Object.entries(monitor.spec.selector.matchLabels).map((pair) => pair.join("="));
    expect(await kubectl("get", "services", `--selector=${selector.join(",")}`, "--output=name")).toBe("service/backups\n");
  });

  it("serves and is ready where its store never was there, and says so", async () => {
    const pod = await readyPod("without-store");
    const { status, text } = await scraped(pod);
    expect(status).toBe(200);
    expect(told(text, 'pgkeep_up{postgres_cluster="shop"}')).toBe(0);
    expect(text).not.toContain("pgkeep_status_timestamp_seconds");
    expect(await kubectl("logs", pod.metadata.name)).toContain("the store could not be read for the metrics");
    expect(await firing(text, "without-store")).toEqual(["PgkeepMetricsStale", "PgkeepMetricsMissing"]);
    const [later] = await podsOf("without-store");
    expect(restarts(later)).toEqual([0]);
  });

  it("tells that the store went away and what it held before, and sees it again when it is back", async () => {
    const pod = await readyPod("backups");
    const before = told((await scraped(pod)).text, 'pgkeep_newest_data_timestamp_seconds{postgres_cluster="shop",state="good"}');
    await s3.kill();
    const away = await until("a word that the store is away", async () => {
      const { text } = await scraped(pod);
      return told(text, 'pgkeep_up{postgres_cluster="shop"}') === 0 ? text : undefined;
    });
    expect(told(away, 'pgkeep_newest_data_timestamp_seconds{postgres_cluster="shop",state="good"}')).toBe(before);
    expect(await firing(away, "backups")).toEqual(["PgkeepNotProven", "PgkeepMetricsStale"]);
    const [during] = await podsOf("backups");
    expect(during?.metadata.name).toBe(pod.metadata.name);
    expect(restarts(during)).toEqual([0]);
    expect(during?.status.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
    await s3.start();
    await until("a word that the store is back", async () =>
      told((await scraped(pod)).text, 'pgkeep_up{postgres_cluster="shop"}') === 1 ? true : undefined,
    );
  });

  it("has nothing to change the second time, also where controllers act on what it declared", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("tells another target after a change, from one Pod that took the other's place", async () => {
    const before = await readyPod("backups");
    rpo = "1h";
    await stack.up();
    const after = await until("another Pod", async () => {
      const pod = await readyPod("backups");
      return pod.metadata.name === before.metadata.name ? undefined : pod;
    });
    const { text } = await scraped(after);
    expect(told(text, 'pgkeep_objective_rpo_seconds{postgres_cluster="shop"}')).toBe(3600);
    expect(told(text, 'pgkeep_up{postgres_cluster="shop"}')).toBe(1);
  });
});
