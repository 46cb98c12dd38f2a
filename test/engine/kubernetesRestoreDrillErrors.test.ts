import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { KubernetesRestoreDrill, type KubernetesRestoreDrillArgs } from "../../packages/kubernetes/src/index.js";
import { DRILL, DRILLED_CONFIGURATION } from "../support/drillArguments.js";
import { previewFailure } from "../support/engine/failureOf.js";
import { missingEngine } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";

async function failureOf(args: KubernetesRestoreDrillArgs): Promise<string> {
  return await previewFailure({
    program: () => Promise.resolve(void new KubernetesRestoreDrill("weekly", args)),
    providers: [kubernetesProvider()],
  });
}

const { identitySecret: _, ...withoutIdentity } = DRILL;

describe.skipIf(missingEngine() !== undefined)("what a user sees of wrong arguments of KubernetesRestoreDrill", () => {
  it("is every one of them with its reason, and neither a stack nor an object nor a secret", async () => {
    const text = await failureOf({
      ...withoutIdentity,
      cronJobName: `shop-drill-of-the-web-shop-every-sunday-${"x".repeat(20)}`,
      configuration: JSON.stringify({ ...DRILLED_CONFIGURATION, databases: ["shop", "shop"], connection: { password: "hunter2" } }),
      recoveryPoint: "newest",
      major: 13,
      scratchServer: { image: "postgres:17", memory: "128Mi", settings: { listen_addresses: "*" } },
      scratchVolume: { size: "50 GB" },
      scratchConnection: { host: "scratch", username: "drill" },
      tls: {},
      schedule: "TZ=Europe/Berlin 0 6 * * SUN",
      image: "ghcr.io/pgkeep/agent:latest",
      keepFinished: "1y",
      resources: { memoryLimit: "128Mi" },
      environment: { AWS_SECRET_ACCESS_KEY: "hunter2" },
      network: { databaseCidr: "10.0.0.0/8" },
    });
    await expect(`${text}\n`).toMatchFileSnapshot("golden/kubernetes-restore-drill-errors.txt");
    expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/im);
  });

  it.each<[string, Partial<KubernetesRestoreDrillArgs>, string]>([
    ["a configuration", { configuration: pulumi.output("{}") }, "configuration.cluster: "],
    [
      "a folder as the store",
      { configuration: pulumi.output(JSON.stringify({ ...DRILLED_CONFIGURATION, store: { url: "file:///backups" } })) },
      "configuration.store.url: a folder of a Pod is gone with it",
    ],
    ["a schedule", { schedule: pulumi.output("CRON_TZ=UTC 0 2 * * *") }, "schedule: a time zone has no place among the fields"],
    ["a deadline", { schedule: "0 * * * *", deadline: pulumi.output("2h") }, "deadline: two slots are 1 h apart"],
    ["an image", { image: pulumi.output("agent:latest") }, "image: this is no image by its digest"],
    ["a server's image", { scratchServer: { image: pulumi.output("postgres:17") } }, "scratchServer.image: this is no image by its digest"],
    [
      "a server's memory",
      { scratchServer: { image: DRILL.image, memory: pulumi.output("64Mi") } },
      "scratchServer.memory: the scratch server would be killed",
    ],
    ["memory", { resources: { memoryLimit: pulumi.output("64Mi") } }, "resources.memoryLimit: a drill would be killed"],
    ["how long Jobs are kept", { keepFinished: pulumi.output("8d") }, "keepFinished: this is no time that Jobs can be kept for"],
    ["a version", { major: pulumi.output(13) }, "major: "],
    ["room", { scratchVolume: { size: pulumi.output("lots") } }, "scratchVolume.size: "],
    ["a recovery point", { recoveryPoint: pulumi.output("newest") }, "recoveryPoint: "],
  ])("is the same where %s came as an Output", async (_case, changes, expected) => {
    expect(await failureOf({ ...DRILL, ...changes })).toContain(expected);
  });

  it("is that an identity is missing, where what is encrypted was known only later", async () => {
    const configuration = pulumi.output(withoutIdentity.configuration);
    expect(await failureOf({ ...withoutIdentity, configuration })).toContain("identitySecret: recovery points are encrypted to 2 age keys");
  });
});
