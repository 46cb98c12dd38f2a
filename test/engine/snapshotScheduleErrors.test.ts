import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import {
  GroupSnapshotApiVersion,
  QuiescedKind,
  SnapshotSchedule,
  type SnapshotScheduleArgs,
  VolumeSnapshotMode,
} from "../../packages/kubernetes/src/index.js";
import { previewFailure } from "../support/engine/failureOf.js";
import { missingEngine } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { GROUPED, QUIESCED, SINGLE } from "../support/snapshotScheduleArguments.js";

async function failureOf(args: object, name = "volumes"): Promise<string> {
  return await previewFailure({
    program: () => Promise.resolve(void new SnapshotSchedule(name, args as SnapshotScheduleArgs)),
    providers: [kubernetesProvider()],
  });
}

describe.skipIf(missingEngine() !== undefined)("what a user sees of wrong arguments of SnapshotSchedule", () => {
  it("is every one of them with its reason, and neither a stack nor an object nor a secret", async () => {
    const { workloads: _, ...nothingStopped } = QUIESCED;
    const { selector: __, ...noLabels } = GROUPED;
    const texts = [
      await failureOf({
        ...nothingStopped,
        scheduleName: "shop-volumes-of-the-web-shop-every-single-night",
        claims: ["data", "data"],
        schedule: "TZ=Europe/Berlin 0 3 * * *",
        image: "ghcr.io/pgkeep/agent:latest",
        resources: { memoryLimit: "128Mi" },
        environment: { PGKEEP_SNAPSHOTS_YAML: "{}", AWS_SECRET_ACCESS_KEY: "hunter2" },
        retention: { keepLast: 0 },
        selector: { app: "shop" },
        maxSpread: "1s",
        network: { policies: false, apiServerPorts: [443] },
      }),
      await failureOf({ ...QUIESCED, schedule: "*/30 * * * *", resumeWithin: "5m", watchdogMinutes: 7, retention: {} }),
      await failureOf({ ...QUIESCED, schedule: "0 * * * *", resumeWithin: "50m" }),
      await failureOf({ ...noLabels, snapshotClassName: "csi", watchdogMinutes: 5, workloads: QUIESCED.workloads }),
      await failureOf({
        ...SINGLE,
        claims: ["data", "wal"],
        deadline: "10m",
        maxSpread: "1s",
        retention: { keepLast: 2, minimum: 5, keepFailed: 0 },
      }),
      await failureOf({ ...SINGLE, mode: "several", colour: "red" }),
      await failureOf(SINGLE, "Volumes_1"),
    ];
    await expect(`${texts.join("\n\n")}\n`).toMatchFileSnapshot("golden/kubernetes-snapshot-schedule-errors.txt");
    for (const text of texts) expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/im);
  });

  const { claims: _, ...claimless } = SINGLE;
  it.each<[string, object, string]>([
    ["a schedule", { ...SINGLE, schedule: pulumi.output("CRON_TZ=UTC 0 2 * * *") }, "schedule: a time zone has no place among the fields"],
    ["a schedule too often", { ...SINGLE, schedule: pulumi.output("*/10 * * * *") }, "schedule: one set may take 15 min"],
    ["a deadline", { ...QUIESCED, deadline: pulumi.output("30m") }, "deadline: one set may take 45 min"],
    ["what has no labels", { ...GROUPED, selector: pulumi.output({}) }, "selector: this is missing"],
    ["several claims", { ...claimless, claims: pulumi.output(["a", "b"]) }, "claims: these are several volumes"],
    ["a duration", { ...QUIESCED, stoppedWithin: pulumi.output("40m") }, "resumeWithin: this is no longer than stoppedWithin"],
    ["a class", { ...SINGLE, snapshotClassName: pulumi.output("Csi") }, "snapshotClassName: Kubernetes takes this for no name"],
    ["a number of failed sets", { ...SINGLE, retention: { keepFailed: pulumi.output(0) } }, "retention.keepFailed: this is too small"],
    ["an image", { ...SINGLE, image: pulumi.output("agent:latest") }, "image: this is no image by its digest"],
    ["memory", { ...SINGLE, resources: { memoryLimit: pulumi.output("64Mi") } }, "resources.memoryLimit: the agent would be killed"],
  ])("is the same where %s came as an Output", async (_, args, expected) => {
    expect(await failureOf(args)).toContain(expected);
  });

  it.each<[string, object]>([
    ["the time that something may be stopped", { ...QUIESCED, stoppedWithin: "40m", resumeWithin: pulumi.secret("1h") }],
    [
      "the name of a workload",
      {
        ...QUIESCED,
        workloads: [
          { kind: QuiescedKind.Deployment, name: pulumi.secret("db") },
          { kind: pulumi.secret(QuiescedKind.StatefulSet), name: "db" },
        ],
      },
    ],
    ["a claim, a label and the version of the API", unknownGroup()],
  ])("is nothing while %s is not known and may be right", async (_, args) => {
    expect(await failureOf(args)).toBe("");
  });
});

function unknownGroup(): SnapshotScheduleArgs {
  return {
    ...GROUPED,
    mode: VolumeSnapshotMode.Group,
    claims: ["data", pulumi.secret("wal")],
    selector: { app: pulumi.secret("shop") },
    groupApiVersion: pulumi.secret(GroupSnapshotApiVersion.V1),
  };
}
