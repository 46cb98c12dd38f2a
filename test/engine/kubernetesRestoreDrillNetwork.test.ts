import { describe, expect, it } from "vitest";
import { KubernetesRestoreDrill, type KubernetesRestoreDrillArgs } from "../../packages/kubernetes/src/index.js";
import { DRILL, DRILL_ON_GIVEN, WHOLE_DRILL } from "../support/drillArguments.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { type Endpoint, mayConnect, type NetworkPolicy } from "../support/networkPolicies.js";

const denyAll = (namespace: string): NetworkPolicy => ({
  metadata: { namespace },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
});
const drill = (instance: string): Endpoint => ({
  namespace: "default",
  labels: { "app.kubernetes.io/name": "pgkeep", "app.kubernetes.io/component": "drill", "app.kubernetes.io/instance": instance },
  address: "10.88.0.7",
});
const inNamespace = (namespace: string, app: string): Endpoint => ({ namespace, labels: { app }, address: "10.88.0.9" });
const outside = (address: string): Endpoint => ({ address });
const DNS = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, address: "10.88.0.2" };

async function policiesOf(args: KubernetesRestoreDrillArgs): Promise<NetworkPolicy[]> {
  const stack = await startStack({
    program: () => Promise.resolve(void new KubernetesRestoreDrill("weekly", args)),
    providers: [kubernetesProvider()],
  });
  try {
    await stack.up();
    const resources = await stack.resources();
    const own = resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).map(({ inputs }) => inputs as unknown as NetworkPolicy);
    return [...own, denyAll("default")];
  } finally {
    await stack.dispose();
  }
}

/** By the semantics of the API, for no network of this machine enforces any policy. Restored code in the Pod reaches no more. */
describe.skipIf(missingEngine() !== undefined)(
  "what the policy of KubernetesRestoreDrill lets through, where everything else is denied",
  () => {
    it("is DNS and the store, and not the server that is backed up", async () => {
      const policies = await policiesOf(DRILL);
      const may = (to: Endpoint, port: number, protocol?: string) => mayConnect(policies, drill("weekly"), to, port, protocol);
      expect([may(DNS, 53, "UDP"), may(DNS, 53, "TCP"), may(outside("52.1.2.3"), 443)]).toEqual([true, true, true]);
      expect(may(inNamespace("shop", "shop-db"), 5432), "the server that is backed up").toBe(false);
      expect(may(outside("52.1.2.3"), 5432), "a database elsewhere").toBe(false);
      expect(may(outside("169.254.169.254"), 80), "the node's metadata").toBe(false);
      expect(mayConnect(policies, inNamespace("default", "shop-web"), drill("weekly"), 5432), "somebody else").toBe(false);
    });

    it("is the store's Pods, where they are named", async () => {
      const policies = await policiesOf(WHOLE_DRILL);
      const may = (to: Endpoint, port: number) => mayConnect(policies, drill("shop-weekly"), to, port);
      expect([may(inNamespace("storage", "minio"), 9001), may(inNamespace("storage", "minio"), 9000)]).toEqual([true, false]);
      expect([may(outside("52.1.2.3"), 443), may(outside("169.254.170.23"), 80), may(outside("10.9.1.1"), 443)]).toEqual([
        false,
        true,
        true,
      ]);
    });

    it("is a given scratch server, too", async () => {
      const policies = await policiesOf(DRILL_ON_GIVEN);
      const may = (to: Endpoint, port: number) => mayConnect(policies, drill("weekly"), to, port);
      expect([may(inNamespace("shop", "scratch"), 5432), may(inNamespace("shop", "shop-db"), 5432)]).toEqual([true, false]);
    });
  },
);
