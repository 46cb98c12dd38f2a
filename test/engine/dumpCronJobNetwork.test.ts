import { describe, expect, it } from "vitest";
import { DumpCronJob, type DumpCronJobArgs } from "../../packages/kubernetes/src/index.js";
import { CRON_JOB, WHOLE_CRON_JOB } from "../support/cronJobArguments.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { type Endpoint, mayConnect, type NetworkPolicy } from "../support/networkPolicies.js";

const denyAll = (namespace: string): NetworkPolicy => ({
  metadata: { namespace },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
});
const DEFAULTS = ["default", "shop", "storage"].map(denyAll);

const labelled = (instance: string) => ({
  "app.kubernetes.io/name": "pgkeep",
  "app.kubernetes.io/component": "dump",
  "app.kubernetes.io/instance": instance,
});
const inNamespace = (namespace: string, app: string, address = "10.88.0.9"): Endpoint => ({ namespace, labels: { app }, address });
const outside = (address: string): Endpoint => ({ address });
const DNS = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, address: "10.88.0.2" };

/** The policies that the engine makes of a declaration. */
async function policiesOf(args: DumpCronJobArgs): Promise<NetworkPolicy[]> {
  const stack = await startStack({
    program: () => Promise.resolve(void new DumpCronJob("nightly", args)),
    providers: [kubernetesProvider()],
  });
  try {
    await stack.up();
    const resources = await stack.resources();
    return resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).map(({ inputs }) => inputs as unknown as NetworkPolicy);
  } finally {
    await stack.dispose();
  }
}

/** By the semantics of the API, for no network of this machine enforces any policy. */
describe.skipIf(missingEngine() !== undefined)("what the policies of DumpCronJob let through, where everything else is denied", () => {
  it("is nothing without them", () => {
    const dump: Endpoint = { namespace: "default", labels: labelled("nightly"), address: "10.88.0.7" };
    expect(mayConnect(DEFAULTS, dump, DNS, 53, "UDP")).toBe(false);
    expect(mayConnect(DEFAULTS, dump, outside("52.1.2.3"), 443)).toBe(false);
  });

  it("is DNS, the database's Pods and the store, and nobody comes in", async () => {
    const policies = [...(await policiesOf(CRON_JOB)), ...DEFAULTS.filter(({ metadata }) => metadata.namespace === "default")];
    const dump: Endpoint = { namespace: "default", labels: labelled("nightly"), address: "10.88.0.7" };
    const may = (to: Endpoint, port: number, protocol?: string) => mayConnect(policies, dump, to, port, protocol);
    expect([may(DNS, 53, "UDP"), may(DNS, 53, "TCP")]).toEqual([true, true]);
    expect(may(inNamespace("shop", "shop-db"), 5432)).toBe(true);
    expect(may(outside("52.1.2.3"), 443)).toBe(true);

    expect(may(inNamespace("shop", "shop-db"), 22), "another port of the database").toBe(false);
    expect(may(inNamespace("shop", "shop-web"), 5432), "another Pod beside it").toBe(false);
    expect(may(inNamespace("default", "shop-db"), 5432), "Pods of its labels in another namespace").toBe(false);
    expect(may(outside("52.1.2.3"), 5432), "a database elsewhere").toBe(false);
    expect(may(outside("52.1.2.3"), 80), "the store without TLS").toBe(false);
    expect(may(outside("169.254.170.23"), 80), "the agent of Pod Identity, which nobody asked for").toBe(false);
    expect(mayConnect(policies, inNamespace("default", "shop-web"), dump, 8080), "somebody else").toBe(false);
    const other: Endpoint = { namespace: "default", labels: labelled("another"), address: "10.88.0.8" };
    expect(mayConnect(policies, other, inNamespace("shop", "shop-db"), 5432), "another dump").toBe(false);
  });

  it("is the database's side too, on request, and what else was named", async () => {
    const policies = [...(await policiesOf(WHOLE_CRON_JOB)), ...DEFAULTS.filter(({ metadata }) => metadata.namespace !== "storage")];
    const dump: Endpoint = { namespace: "default", labels: labelled("shop-nightly"), address: "10.88.0.7" };
    const may = (to: Endpoint, port: number, protocol?: string) => mayConnect(policies, dump, to, port, protocol);
    expect(may(inNamespace("default", "shop-db"), 5432)).toBe(true);
    expect(may(inNamespace("default", "shop-db"), 5433), "the Service's port, which no policy ever sees").toBe(false);
    expect(may(inNamespace("storage", "minio"), 9000)).toBe(true);
    expect(may(inNamespace("storage", "minio"), 9001)).toBe(false);
    expect([may(DNS, 5353, "UDP"), may(DNS, 53, "TCP")]).toEqual([true, true]);
    expect([may(outside("169.254.170.23"), 80), may(outside("fd00:ec2::23"), 80), may(outside("169.254.169.254"), 80)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([may(outside("10.9.1.1"), 8443), may(outside("10.9.1.1"), 22), may(outside("10.10.1.1"), 8443)]).toEqual([true, false, false]);
    expect(mayConnect(policies, inNamespace("default", "shop-web"), inNamespace("default", "shop-db"), 5432), "the application").toBe(
      false,
    );
  });

  it("is nothing of the database's side without the request", async () => {
    const { allowInDatabase: _, ...network } = WHOLE_CRON_JOB.network ?? {};
    const policies = [...(await policiesOf({ ...WHOLE_CRON_JOB, network })), ...DEFAULTS];
    const dump: Endpoint = { namespace: "default", labels: labelled("shop-nightly"), address: "10.88.0.7" };
    expect(mayConnect(policies, dump, inNamespace("default", "shop-db"), 5432)).toBe(false);
  });
});
