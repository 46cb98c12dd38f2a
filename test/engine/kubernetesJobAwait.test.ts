import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completeJobs } from "../support/completeJobs.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";

/** Without the provider's own SDK. */
class Resource extends pulumi.CustomResource {}

const missing = missingEngine() ?? missingKubernetes();

/** What a component that has a deployment wait for its Job builds on. */
describe.skipIf(missing !== undefined)("a Job that a deployment waits for", () => {
  let server: TestKubernetes;
  let stack: EngineStack;
  let endTelling: (() => Promise<void>) | undefined;
  let name = "";
  let annotations: Record<string, string> = {};

  beforeAll(async () => {
    server = await startKubernetes();
    const reasons: Record<string, string> = { tried: "BackoffLimitExceeded", late: "DeadlineExceeded", ruled: "PodFailurePolicy" };
    endTelling = completeJobs(server, (job) => reasons[job.split("-")[0] ?? ""]);
    stack = await startStack({
      program: () => {
        const container = { name: "one", image: "one.example.org/one:1" };
        const template = { spec: { restartPolicy: "Never", containers: [container] } };
        const metadata = { name, namespace: "default", annotations };
        const job = new Resource(
          "kubernetes:batch/v1:Job",
          name,
          { apiVersion: "batch/v1", kind: "Job", metadata, spec: { backoffLimit: 0, template } },
          { customTimeouts: { create: "4s", update: "4s" } },
        );
        const later = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: `after-${name}`, namespace: "default" }, data: {} };
        new Resource("kubernetes:core/v1:ConfigMap", `after-${name}`, later, { dependsOn: job });
        return Promise.resolve({});
      },
      providers: [kubernetesProvider()],
      secrets: { "kubernetes:kubeconfig": server.kubeconfig },
    });
  }, 60_000);
  afterAll(async () => {
    await endTelling?.();
    await stack?.dispose();
    await server?.stop();
  });

  const up = () =>
    stack.up().then(
      () => undefined,
      (error: Error) => error.message,
    );
  const isThere = async (map: string) => (await server.read(`/api/v1/namespaces/default/configmaps/${map}`)).status === 200;

  it("is waited for until it is complete", async () => {
    name = "good";
    expect(await up()).toBeUndefined();
    expect(await isThere("after-good")).toBe(true);
  });

  it.each([
    ["tried", "Resource 'tried' was created but failed to initialize", "[BackoffLimitExceeded] told by a test"],
    ["late", "Resource 'late' was created but failed to initialize", "[DeadlineExceeded] told by a test"],
    // The official provider knows no other reason: a Job that a failure policy ended holds the deployment up to the end of the time.
    ["ruled", "'ruled' timed out waiting to be Ready", ""],
  ])("fails the deployment where it is %s, stays in the state, and fails the next one", async (job, reason, condition) => {
    name = job;
    const began = Date.now();
    for (const _attempt of [1, 2]) {
      const text = await up();
      expect(text).toContain("failed to fully initialize or become live");
      expect(text).toContain(reason);
      expect(text).toContain(condition);
    }
    expect(Date.now() - began > 8000).toBe(job === "ruled");
    expect((await stack.resources()).map((resource) => resource.name)).toContain(job);
    expect(await isThere(`after-${job}`)).toBe(false);
  });

  it("is not waited for with the annotation that says so", async () => {
    name = "tried-later";
    annotations = { "pulumi.com/skipAwait": "true" };
    expect(await up()).toBeUndefined();
    expect(await isThere("after-tried-later")).toBe(true);
  });
});
