import { describe, expect, it } from "vitest";
import { SnapshotSchedule, type SnapshotScheduleArgs } from "../../packages/kubernetes/src/index.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { type Endpoint, mayConnect, type NetworkPolicy } from "../support/networkPolicies.js";
import { QUIESCED, SINGLE } from "../support/snapshotScheduleArguments.js";

const DENY_ALL: NetworkPolicy = { metadata: { namespace: "default" }, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } };
const DNS: Endpoint = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, address: "10.88.0.2" };
const outside = (address: string): Endpoint => ({ address });

interface CronJob {
  metadata: { name: string };
  spec: { jobTemplate: { spec: { template: { metadata: { labels: Record<string, string> } } } } };
}

/** The policies that the engine makes of a declaration, beside one that denies everything, and its Pods by the labels of the CronJobs' own templates. */
async function declared(args: SnapshotScheduleArgs) {
  const stack = await startStack({
    program: () => Promise.resolve(void new SnapshotSchedule("volumes", args)),
    providers: [kubernetesProvider()],
  });
  try {
    await stack.up();
    const inputs = (await stack.resources()).map(({ type, inputs: given }) => ({ type, given: given as unknown }));
    const ofKind = <Kind>(kind: string) => inputs.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ given }) => given as Kind);
    const pods = ofKind<CronJob>("CronJob").map(({ spec }): Endpoint => {
      return { namespace: "default", labels: spec.jobTemplate.spec.template.metadata.labels, address: "10.88.0.7" };
    });
    return { policies: [...ofKind<NetworkPolicy>("NetworkPolicy"), DENY_ALL], pods };
  } finally {
    await stack.dispose();
  }
}

/** By the semantics of the API, for no network of this machine enforces any policy. */
describe.skipIf(missingEngine() !== undefined)("what the policy of SnapshotSchedule lets through, where everything else is denied", () => {
  it("is DNS and Kubernetes' API, also for the watchdog, and nobody comes in", async () => {
    const { policies, pods } = await declared(QUIESCED);
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      const may = (to: Endpoint, port: number, protocol?: string) => mayConnect(policies, pod, to, port, protocol);
      expect([may(DNS, 53, "UDP"), may(DNS, 53, "TCP")]).toEqual([true, true]);
      expect([may(outside("10.0.0.1"), 443), may(outside("192.168.7.4"), 6443)]).toEqual([true, true]);
      expect([may(outside("10.0.0.1"), 80), may(outside("10.0.0.1"), 5432)]).toEqual([false, false]);
      expect(mayConnect(policies, { ...pod, labels: { app: "other" } }, pod, 8080)).toBe(false);
      expect(mayConnect(policies, { ...pod, labels: { app: "other" } }, outside("10.0.0.1"), 443)).toBe(false);
    }
  });

  it("is the API server's addresses alone where they are given, and what else was named", async () => {
    const { policies, pods } = await declared({
      ...SINGLE,
      network: { apiServerCidrs: ["10.0.0.1/32"], apiServerPorts: [8443], otherEgress: [{ cidr: "10.9.0.0/16" }] },
    });
    const may = (address: string, port: number) => mayConnect(policies, pods[0] as Endpoint, outside(address), port);
    expect([may("10.0.0.1", 8443), may("10.0.0.1", 443), may("10.0.0.2", 8443)]).toEqual([true, false, false]);
    expect([may("10.9.3.4", 443), may("10.9.3.4", 8443)]).toEqual([true, false]);
  });
});
