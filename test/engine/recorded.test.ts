import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertNoCanary, type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { dockerProvider } from "../support/engine/providers/docker/dockerProvider.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";

/** The providers' own SDKs, of hundreds of megabytes, are not needed to see what the engine does with their resource types. */
class Resource extends pulumi.CustomResource {
  readonly arn?: pulumi.Output<string>;
}

describe.skipIf(missingEngine() !== undefined)("recorded providers", () => {
  let stack: EngineStack;
  let declared = { schedule: "0 2 * * *", image: "one", region: "eu-central-1", named: true };

  beforeAll(async () => {
    stack = await startStack({
      program: () => Promise.resolve(declare(declared)),
      providers: [kubernetesProvider(), dockerProvider(), awsProvider()],
    });
    await stack.up();
  });
  afterAll(async () => await stack?.dispose());

  const changes = async (change: Partial<typeof declared>) => {
    declared = { ...declared, ...change };
    const { steps } = await stack.preview();
    return steps.filter(({ op }) => op !== "same").map(({ op, name, diff }) => `${op} ${name} ${Object.keys(diff ?? {}).join(" ")}`.trim());
  };

  it("have nothing to do after what they did, and tell plausible outputs", async () => {
    expect(await changes({})).toEqual([]);
    const [key] = (await stack.resources()).filter(({ name }) => name === "key");
    expect(key?.outputs.arn).toMatch(/^arn:aws:kms:eu-central-1:\d{12}:key\/[0-9a-f-]{36}$/);
    assertNoCanary(stack, ["a secret of Kubernetes"]);
  });

  it("change a CronJob in place and replace a Job, the old one of a given name first", async () => {
    expect(await changes({ schedule: "0 3 * * *" })).toEqual(["update dump spec.schedule"]);
    const steps = await changes({ schedule: "0 2 * * *", image: "two" });
    // The engine works on both at once, in no certain order.
    const ofDump = steps.filter((step) => step.startsWith("update dump "));
    expect(ofDump).toEqual(["update dump spec.jobTemplate.spec.template.spec.containers[0].image"]);
    expect(steps.filter((step) => !ofDump.includes(step))).toEqual([
      "delete-replaced restore",
      "replace restore spec.template.spec.containers[0].image",
      "create-replacement restore spec.template.spec.containers[0].image",
    ]);
    await changes({ image: "one" });
  });

  it("replace what is of another Region, the new one first", async () => {
    expect(await changes({ region: "eu-west-1" })).toEqual(["create-replacement key region", "replace key region", "delete-replaced key"]);
    await changes({ region: "eu-central-1" });
  });
});

function declare({ schedule, image, region }: { schedule: string; image: string; region: string }) {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "agent", image }] } };
  const metadata = { name: "restore", namespace: "backup" };
  new Resource("kubernetes:batch/v1:CronJob", "dump", {
    apiVersion: "batch/v1",
    kind: "CronJob",
    spec: { schedule, jobTemplate: { spec: { template } } },
  });
  new Resource("kubernetes:batch/v1:Job", "restore", { apiVersion: "batch/v1", kind: "Job", metadata, spec: { template } });
  new Resource("kubernetes:core/v1:Secret", "password", {
    apiVersion: "v1",
    kind: "Secret",
    stringData: pulumi.secret({ password: "a secret of Kubernetes" }),
  });
  new Resource("docker:index/volume:Volume", "volume", { driver: "local" });
  new Resource("aws:kms/key:Key", "key", { region, arn: undefined });
}
