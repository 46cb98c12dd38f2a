import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAgentConfig } from "../../packages/core/src/index.js";
import { BackupMonitoring, type BackupMonitoringArgs } from "../../packages/kubernetes/src/index.js";
import { OTHER_DIGEST } from "../support/cronJobArguments.js";
import { installCustomResources, missingCustomResources, strictRefusal } from "../support/customResources.js";
import {
  assertNoCanary,
  type EngineStack,
  identitySnapshot,
  missingEngine,
  previewWithUnknowns,
  saveState,
  startStack,
  upgradeCheck,
} from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { MONITORING, WHOLE_MONITORING } from "../support/monitoringArguments.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-backup-monitoring-1.json", import.meta.url));
const canary = "a canary in an input";

const declare = (args: BackupMonitoringArgs) => () => {
  const {
    effectivePolicy,
    deploymentName,
    serviceName,
    namespace,
    metricsUrl,
    serviceAccountName,
    serviceAccountSubject,
    podLabels,
    ...rest
  } = new BackupMonitoring("backups", args);
  const outputs = {
    effectivePolicy,
    deploymentName,
    serviceName,
    namespace,
    metricsUrl,
    serviceAccountName,
    serviceAccountSubject,
    podLabels,
  };
  const { alertRules, dashboardJson } = rest;
  return Promise.resolve({ ...outputs, alertRules, dashboardJson } as Record<string, pulumi.Output<unknown>>);
};

const missing = missingEngine() ?? missingCustomResources();
const FOLDERS: Record<string, string> = {
  "kubernetes:core/v1:ServiceAccount": "/api/v1/namespaces/default/serviceaccounts",
  "kubernetes:core/v1:Service": "/api/v1/namespaces/default/services",
  "kubernetes:core/v1:ConfigMap": "/api/v1/namespaces/default/configmaps",
  "kubernetes:apps/v1:Deployment": "/apis/apps/v1/namespaces/default/deployments",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
  "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": "/apis/monitoring.coreos.com/v1/namespaces/default/servicemonitors",
  "kubernetes:monitoring.coreos.com/v1:PrometheusRule": "/apis/monitoring.coreos.com/v1/namespaces/default/prometheusrules",
};
const CHILDREN = ["account", "dashboard", "egress", "exporter", "monitor", "rules", "service"].map((child) => `backups-${child}`);

describe.skipIf(missing !== undefined)("BackupMonitoring, deployed with every argument", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await installCustomResources(kubernetes, ["monitoring.coreos.com"]);
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: declare(WHOLE_MONITORING), providers: [kubernetesProvider()], secrets });
    await stack.up();
  }, 90_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  const objects = async () => (await stack.resources()).filter(({ type }) => type in FOLDERS);

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/kubernetes-backup-monitoring-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("writes no field that the API server and the Prometheus operator's definitions do not know", async () => {
    expect((await objects()).map(({ name }) => name).toSorted()).toEqual(CHILDREN);
    for (const { inputs, type, name } of await objects()) {
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", named), name).toBeUndefined();
      const unknown = { ...named, specification: {} };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", unknown), name).toMatch(/unknown field "specification"/);
    }
  });

  it("is judged by those definitions, which would refuse what is none of theirs", async () => {
    const monitor = (await objects()).find(({ name }) => name === "backups-monitor")?.inputs as { spec: { endpoints: object[] } };
    const often = { ...monitor, spec: { ...monitor.spec, endpoints: [{ ...monitor.spec.endpoints[0], interval: "often" }] } };
    const named = { ...often, metadata: { name: "strict", namespace: "default" } };
    expect(await strictRefusal(kubernetes, FOLDERS["kubernetes:monitoring.coreos.com/v1:ServiceMonitor"] ?? "", named)).toMatch(/interval/);
  });

  it("gives the exporter a configuration that the agent takes, without a server and with the targets of the arguments", async () => {
    const inputs = (await objects()).find(({ name }) => name === "backups-exporter")?.inputs as {
      spec: { template: { spec: { containers: [{ env: { name: string; value?: string }[] }] } } };
    };
    const { env } = inputs.spec.template.spec.containers[0];
    const config = JSON.parse(env.find(({ name }) => name === "PGKEEP_CONFIG_YAML")?.value ?? "") as object;
    expect(config).not.toHaveProperty("connection");
    expect(parseAgentConfig(config)).toMatchObject({
      cluster: "shop",
      objectives: { rpo: 14 * 3_600_000, provenWithin: 9 * 86_400_000 },
      store: { endpoint: "https://minio.storage.svc:9000" },
    });
    expect(env.filter(({ name }) => name.startsWith("PGPASSWORD"))).toEqual([]);
  });

  it("tells others where it is and what it is called", async () => {
    const outputs = await stack.outputs();
    expect(outputs.metricsUrl?.value).toBe("http://shop-backups.default.svc:9187/metrics");
    expect(outputs.serviceAccountSubject?.value).toBe("system:serviceaccount:default:shop-backups");
    await expect(`${outputs.effectivePolicy?.value as string}\n`).toMatchFileSnapshot(
      "golden/kubernetes-backup-monitoring-whole-policy.txt",
    );
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    // Without the dashboard: a ConfigMap is replaced when another release draws it otherwise, which is harmless.
    const { dashboard: _, ...lasting } = WHOLE_MONITORING;
    const program = declare(lasting);
    if (!existsSync(landed)) {
      // Without a server: what it adds differs from run to run.
      const plain = await startStack({ program, providers: [kubernetesProvider()] });
      await plain.up();
      await saveState(plain, landed);
      await plain.dispose();
    }
    const steps = await upgradeCheck(landed, { program, providers: [kubernetesProvider()] });
    expect(steps.length).toBeGreaterThanOrEqual(CHILDREN.length);
  });
});

it.skipIf(missingEngine() !== undefined)(
  "BackupMonitoring shows nothing that was marked as a secret, in state, logs and diffs",
  async () => {
    const environment = { NOTE: pulumi.secret(canary) };
    const program = (image: string) => declare({ ...MONITORING, image, environment });
    const stack = await startStack({ program: program(MONITORING.image as string), providers: [kubernetesProvider()] });
    try {
      await stack.up();
      await stack.preview({ program: program(OTHER_DIGEST) });
      assertNoCanary(stack, [canary]);
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "BackupMonitoring goes without the Prometheus operator, and with an account that exists",
  async () => {
    const { serviceAccountAnnotations: _, prometheusLabels: __, ...others } = MONITORING;
    const args = { ...others, serviceAccountName: "theirs", serviceMonitor: false, prometheusRule: false, network: { policies: false } };
    const stack = await startStack({ program: declare(args), providers: [kubernetesProvider()] });
    try {
      await stack.up();
      const types = (await stack.resources()).map(({ type }) => type).filter((type) => type.startsWith("kubernetes:"));
      expect(types.toSorted()).toEqual(["kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"]);
      const outputs = await stack.outputs();
      // Whoever scrapes it may give no label of the namespace, and nobody knows the name of his job.
      expect(outputs.alertRules?.value).not.toMatch(/namespace=|PgkeepExporterDown/);
      expect(outputs.alertRules?.value).toContain('postgres_cluster=\\"shop\\"');
      expect(outputs.effectivePolicy?.value).toMatch(/NO ServiceMonitor[\s\S]*NO PrometheusRule[\s\S]*NO policy/);
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "BackupMonitoring can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) => {
        const leaves = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaf(value)])) as unknown as Group;
        const keyed = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaves(value as object)])) as unknown as Group;
        const {
          exporterName,
          serviceMonitor,
          prometheusRule,
          secrets,
          environment,
          network,
          alerts,
          dashboard,
          placement,
          resources,
          ...plain
        } = WHOLE_MONITORING;
        const { prometheusPods, storePods, otherEgress, podIdentity, ...ports } = network ?? {};
        return new BackupMonitoring("backups", {
          ...leaves(plain),
          exporterName: exporterName ?? "",
          serviceMonitor: serviceMonitor ?? true,
          prometheusRule: prometheusRule ?? true,
          secrets: keyed(secrets ?? {}),
          environment: leaves(environment ?? {}),
          alerts: keyed(alerts ?? {}),
          dashboard: leaves(dashboard ?? {}),
          resources: leaves(resources ?? {}),
          placement: {
            ...leaves({ nodeSelector: placement?.nodeSelector ?? {}, priorityClassName: "backups" }),
            tolerations: [leaves(placement?.tolerations?.[0] ?? {})],
            topologySpread: [leaves({ topologyKey: "zone" })],
          },
          network: {
            ...leaves(ports),
            ...keyed({ prometheusPods, storePods }),
            otherEgress: (otherEgress ?? []).map((one) => leaves(one)),
            podIdentity,
          } as never,
        });
      },
      { providers: [kubernetesProvider()] },
    );
    // The namespace might be another one: then all of it is made there, and none of it keeps anything.
    expect(replaced.toSorted()).toEqual(CHILDREN);
  },
);
