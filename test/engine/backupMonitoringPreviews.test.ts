import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupMonitoring, type BackupMonitoringArgs } from "../../packages/kubernetes/src/index.js";
import { installCustomResources, missingCustomResources } from "../support/customResources.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { MONITORING, WATCHED } from "../support/monitoringArguments.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** Behind a document of JSON the engine leaves a line empty, and what the server adds to an object differs from run to run. */
const shown = (text: string) =>
  sortedPreview(text.replace(/\n(?=\n)/g, "").replace(/\n(?= => )/g, ""))
    .replace(/pulumi-kubernetes-[0-9a-f]{8}/g, "pulumi-kubernetes-…")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…");
const golden = (name: string) => `golden/kubernetes-backup-monitoring-${name}.txt`;

const missing = missingEngine() ?? missingCustomResources();

/** What a reviewer of a pull request reads, with the real API server and the definitions of the Prometheus operator behind. */
describe.skipIf(missing !== undefined)("previews of BackupMonitoring", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;
  let args: BackupMonitoringArgs = MONITORING;

  const program = () => {
    const { effectivePolicy } = new BackupMonitoring("backups", args);
    return Promise.resolve({ effectivePolicy } as Record<string, pulumi.Output<unknown>>);
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
  const changed = async () =>
    (await planned())
      .filter(({ op }) => !/-replace/.test(op))
      .map(({ name, op }) => `${op} ${name}`)
      .sort();

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await installCustomResources(kubernetes, ["monitoring.coreos.com"]);
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program, providers: [kubernetesProvider()], secrets });
  }, 90_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  it("the first deployment", async () => {
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    await expect(`${(await stack.outputs()).effectivePolicy?.value as string}\n`).toMatchFileSnapshot(golden("policy"));
    expect(await planned()).toEqual([]);
  });

  it("another target: the exporter tells it, and no rule changes", async () => {
    args = { ...args, rpo: "4h" };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("target-tightened"));
    expect(await changed()).toEqual(["update backups", "update backups-exporter"]);
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("what changes of the server alone does not touch the exporter", async () => {
    const connection = { host: "other-db.shop.svc", user: "pgkeep_dump" };
    args = { ...args, configuration: JSON.stringify({ ...WATCHED, connection, dump: { parallel: 4 } }) };
    expect(await changed()).toEqual(["update backups"]);
    await stack.up();
  });

  it("less of it: each of it is a line of its own", async () => {
    const { prometheusLabels: _, ...others } = args;
    const before = args;
    args = { ...others, serviceMonitor: false, prometheusRule: false, network: { policies: false } };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("less-of-it"));
    expect(await changed()).toEqual(["delete backups-egress", "delete backups-monitor", "delete backups-rules", "update backups"]);
    args = before;
  });
  it("the dashboard as a ConfigMap, and an alert that nobody wants", async () => {
    args = { ...args, dashboard: {}, alerts: { PgkeepDrillCouldNotVerify: { enabled: false } } };
    expect(await changed()).toEqual(["create backups-dashboard", "update backups", "update backups-rules"]);
    await stack.up();
    expect(await planned()).toEqual([]);
    const { data } = (await kubernetes.read("/api/v1/namespaces/default/configmaps/backups-dashboard")).body as {
      data: Record<string, string>;
    };
    expect(JSON.parse(data["backups.json"] ?? "")).toMatchObject({ title: "PostgreSQL backups: shop" });
    args = { ...args, rpo: "5h" };
    expect(await changed()).toEqual(["replace backups-dashboard", "update backups", "update backups-exporter"]);
    await stack.up();
    expect(await planned()).toEqual([]);
  });
});
