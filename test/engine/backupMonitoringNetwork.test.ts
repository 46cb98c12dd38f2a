import { describe, expect, it } from "vitest";
import { BackupMonitoring, type BackupMonitoringArgs } from "../../packages/kubernetes/src/index.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { MONITORING, WHOLE_MONITORING } from "../support/monitoringArguments.js";
import { type Endpoint, mayConnect, type NetworkPolicy } from "../support/networkPolicies.js";

const denyAll = (namespace: string): NetworkPolicy => ({
  metadata: { namespace },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
});
const labelled = (instance: string) => ({
  "app.kubernetes.io/name": "pgkeep",
  "app.kubernetes.io/component": "exporter",
  "app.kubernetes.io/instance": instance,
});
const exporterOf = (instance: string): Endpoint => ({ namespace: "default", labels: labelled(instance), address: "10.88.0.7" });
const inNamespace = (namespace: string, labels: Record<string, string>): Endpoint => ({ namespace, labels, address: "10.88.0.9" });
const PROMETHEUS = inNamespace("monitoring", { "app.kubernetes.io/name": "prometheus" });
const DNS = inNamespace("kube-system", { "k8s-app": "kube-dns" });

/** The policies that the engine makes of a declaration, beside one that denies everything in its namespace. */
async function policiesOf(args: BackupMonitoringArgs): Promise<NetworkPolicy[]> {
  const stack = await startStack({
    program: () => Promise.resolve(void new BackupMonitoring("backups", args)),
    providers: [kubernetesProvider()],
  });
  try {
    await stack.up();
    const made = (await stack.resources()).filter(({ type }) => type.endsWith(":NetworkPolicy"));
    return [...made.map(({ inputs }) => inputs as unknown as NetworkPolicy), denyAll("default")];
  } finally {
    await stack.dispose();
  }
}

/** By the semantics of the API, for no network of this machine enforces any policy. */
describe.skipIf(missingEngine() !== undefined)("what the policy of BackupMonitoring lets through, where everything else is denied", () => {
  it("is Prometheus to the metrics, and out to DNS and the store; no database", async () => {
    const policies = await policiesOf(MONITORING);
    const exporter = exporterOf("backups");
    expect(mayConnect(policies, PROMETHEUS, exporter, 9187)).toBe(true);
    expect(mayConnect(policies, PROMETHEUS, exporter, 9188), "another port").toBe(false);
    expect(mayConnect(policies, inNamespace("monitoring", { app: "grafana" }), exporter, 9187), "another Pod there").toBe(false);
    expect(mayConnect(policies, inNamespace("default", PROMETHEUS.labels ?? {}), exporter, 9187), "its labels elsewhere").toBe(false);
    expect([mayConnect(policies, exporter, DNS, 53, "UDP"), mayConnect(policies, exporter, DNS, 53, "TCP")]).toEqual([true, true]);
    expect(mayConnect(policies, exporter, { address: "52.1.2.3" }, 443)).toBe(true);
    expect(mayConnect(policies, exporter, inNamespace("shop", { app: "shop-db" }), 5432), "the database").toBe(false);
    expect(mayConnect([denyAll("default")], PROMETHEUS, exporter, 9187), "without the policy").toBe(false);
  });

  it("is every Pod of the cluster and nobody outside of it, where nobody says which are Prometheus'", async () => {
    const policies = await policiesOf({ ...MONITORING, network: {} });
    expect(mayConnect(policies, inNamespace("anywhere", { app: "x" }), exporterOf("backups"), 9187)).toBe(true);
    expect(mayConnect(policies, { address: "52.1.2.3" }, exporterOf("backups"), 9187)).toBe(false);
  });

  it("is the store's Pods alone where they are named", async () => {
    const policies = await policiesOf(WHOLE_MONITORING);
    const exporter = exporterOf("shop-backups");
    expect(mayConnect(policies, exporter, inNamespace("storage", { app: "minio" }), 9000)).toBe(true);
    expect(mayConnect(policies, exporter, { address: "52.1.2.3" }, 9000)).toBe(false);
    expect(mayConnect(policies, exporter, { address: "169.254.170.23" }, 80)).toBe(true);
    expect(mayConnect(policies, exporter, { address: "10.9.1.1" }, 8443)).toBe(true);
  });
});
