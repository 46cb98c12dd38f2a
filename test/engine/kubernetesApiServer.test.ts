import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completeJobs } from "../support/completeJobs.js";
import { assertNoCanary, type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";

/** The provider's own SDK, of hundreds of megabytes, is not needed to see what the engine does with its resource types. */
class Resource extends pulumi.CustomResource {}

const password = "a secret that no state shows";
const objects = {
  settings: "/api/v1/namespaces/default/configmaps/settings",
  dump: "/apis/batch/v1/namespaces/default/cronjobs/dump",
  password: "/api/v1/namespaces/default/secrets/password",
  restore: "/apis/batch/v1/namespaces/default/jobs/restore",
};
type Live = { metadata: { uid: string; resourceVersion: string }; data: Record<string, string>; spec: Record<string, unknown> };

const missing = missingEngine() ?? missingKubernetes();

describe.skipIf(missing !== undefined)("the engine with Kubernetes' real API server", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;
  let endCompleting: (() => Promise<void>) | undefined;
  const nightly = { schedule: "0 2 * * *", image: "one" };

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    endCompleting = completeJobs(kubernetes);
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: declaring(nightly), providers: [kubernetesProvider()], secrets });
  });
  afterAll(async () => {
    await endCompleting?.();
    await stack?.dispose();
    await kubernetes?.stop();
  });

  const live = async (name: keyof typeof objects) => (await kubernetes.read(objects[name])).body as Live;
  const statuses = async () => await Promise.all(Object.values(objects).map(async (path) => (await kubernetes.read(path)).status));
  const changed = ({ steps }: { steps: readonly { op: string; name: string }[] }) =>
    steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

  it("fails a preview with what the server says of a field, and creates nothing by previews", async () => {
    await expect(stack.preview({ program: declaring({ ...nightly, schedule: "every night" }) })).rejects.toThrow(
      /resource default\/dump was not successfully created by the Kubernetes API server: CronJob\.batch "dump" is invalid: spec\.schedule: Invalid value: "every night"/,
    );
    expect((await stack.preview()).changes).toEqual({ create: 5 });
    expect(await statuses()).toEqual([404, 404, 404, 404]);
  });

  it("goes without the server for an object of a namespace that is still to be made", async () => {
    const program = declaring({ ...nightly, schedule: "every night", namespace: "later" });
    expect((await stack.preview({ program })).changes).toEqual({ create: 5 });
  });

  it("asks the server nothing about an object of which a preview does not know all", async () => {
    const program = declaring({ ...nightly, schedule: "every night", annotated: true });
    expect((await stack.preview({ program })).changes).toEqual({ create: 5 });
  });

  it("creates the objects, and tells what the server added", async () => {
    await stack.up();
    expect((await live("settings")).data).toEqual({ level: "info" });
    expect((await live("dump")).spec).toMatchObject({ schedule: "0 2 * * *", concurrencyPolicy: "Allow" });
    expect((await live("password")).data).toEqual({ password: Buffer.from(password).toString("base64") });
    const { metadata } = await live("dump");
    const [dump] = (await stack.resources()).filter(({ name }) => name === "dump");
    expect(dump).toMatchObject({
      id: "default/dump",
      outputs: { metadata: { uid: metadata.uid, resourceVersion: metadata.resourceVersion }, spec: { concurrencyPolicy: "Allow" } },
    });
  });

  it("finds nothing to do afterwards, nor after what is there was read", async () => {
    const { resourceVersion } = (await live("dump")).metadata;
    expect(changed(await stack.up())).toEqual([]);
    expect((await live("dump")).metadata.resourceVersion).toBe(resourceVersion);
    await stack.refresh();
    expect(changed(await stack.preview())).toEqual([]);
  });

  it("changes an object in place, and by a preview only in the server's mind", async () => {
    const { uid } = (await live("dump")).metadata;
    const later = { program: declaring({ ...nightly, schedule: "0 3 * * *" }) };
    expect(changed(await stack.preview(later))).toEqual(["update dump"]);
    expect((await live("dump")).spec.schedule).toBe("0 2 * * *");
    await stack.up(later);
    expect(await live("dump")).toMatchObject({ metadata: { uid }, spec: { schedule: "0 3 * * *" } });
    await stack.up();
    await expect(stack.preview({ program: declaring({ ...nightly, schedule: "61 * * * *" }) })).rejects.toThrow(
      /"default\/dump" failed to fully initialize or become live: CronJob\.batch "dump" is invalid: spec\.schedule: Invalid value: "61 \* \* \* \*"/,
    );
  });

  it("replaces what the server lets nobody change, which no dry run can show", async () => {
    const { uid } = (await live("restore")).metadata;
    const other = { program: declaring({ ...nightly, image: "two" }) };
    expect(changed(await stack.preview(other))).toEqual(["delete-replaced restore", "replace restore", "create-replacement restore"]);
    expect((await live("restore")).metadata.uid).toBe(uid);
    await stack.up(other);
    expect((await live("restore")).metadata.uid).not.toBe(uid);
  });

  it("sees by a refresh alone what somebody changed by hand, and does not take it from them", async () => {
    const program = declaring({ ...nightly, image: "two" });
    await kubernetes.edit(objects.dump, { spec: { schedule: "0 9 * * *" } });
    expect(changed(await stack.preview({ program }))).toEqual([]);
    await expect(stack.preview({ program, refresh: true })).rejects.toThrow(/conflict with "kubectl-edit".*: \.spec\.schedule/);
    await kubernetes.edit(objects.dump, { spec: { schedule: nightly.schedule } });
    expect(changed(await stack.preview({ program, refresh: true })).filter((text) => !text.startsWith("refresh "))).toEqual([]);
  });

  it("keeps the secret's value and the way to the server out of state and output", () => {
    assertNoCanary(stack, [password, Buffer.from(password).toString("base64"), kubernetes.token]);
  });

  it("deletes the objects", async () => {
    await stack.destroy();
    expect(await statuses()).toEqual([404, 404, 404, 404]);
    expect(await stack.resources()).toEqual([]);
  });
});

interface Declared {
  schedule: string;
  image: string;
  /** Whether the CronJob has something that a preview does not know. */
  annotated?: boolean;
  /** The CronJob's. */
  namespace?: string;
}

function declaring({ schedule, image, annotated = false, namespace = "default" }: Declared) {
  return async () => {
    const settings = new Resource("kubernetes:core/v1:ConfigMap", "settings", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings" },
      data: { level: "info" },
    });
    new Resource("kubernetes:core/v1:Secret", "password", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "password" },
      stringData: pulumi.secret({ password }),
    });
    const template = (container: string) => ({ spec: { restartPolicy: "Never", containers: [{ name: "agent", image: container }] } });
    new Resource("kubernetes:batch/v1:CronJob", "dump", {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "dump", namespace, ...(annotated ? { annotations: { settings: settings.id } } : {}) },
      spec: { schedule, jobTemplate: { spec: { template: template("agent") } } },
    });
    new Resource("kubernetes:batch/v1:Job", "restore", {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "restore" },
      spec: { template: template(image) },
    });
    await Promise.resolve();
  };
}
