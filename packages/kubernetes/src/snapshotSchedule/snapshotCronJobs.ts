import { POD_UID_VARIABLE, VOLUME_SNAPSHOT_CONFIG_VARIABLE } from "@pgkeep/core";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { agentCronJobSpec } from "../agentPod/agentCronJobSpec.js";
import { agentJobSpec } from "../agentPod/agentJobSpec.js";
import { agentPodSpec, jobVariables } from "../agentPod/agentPodSpec.js";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";
import type { SettledSnapshotSchedule } from "./settleSnapshotSchedule.js";
import { SNAPSHOT_SCHEDULE_DEFAULTS, snapshotLabels, usualRetries } from "./snapshotScheduleDefaults.js";

type CronJobSpec = kubernetes.types.input.batch.v1.CronJobSpec;
type Labels = pulumi.Input<Record<string, pulumi.Input<string>>>;

/** A run ends in order within it: what it stopped is brought back first. */
const GRACE_SECONDS = 60;

/** What is the same for both CronJobs. */
export interface SnapshotRuns {
  args: SnapshotScheduleArgs;
  settled: SettledSnapshotSchedule;
  labels: Labels;
  serviceAccountName: pulumi.Input<string>;
}

/** When sets are taken, and by what. */
export function takingSpec(runs: SnapshotRuns): CronJobSpec {
  const { args, settled, labels } = runs;
  return agentCronJobSpec({
    slots: settled,
    suspend: args.suspend,
    successfulJobs: args.successfulJobsHistoryLimit ?? SNAPSHOT_SCHEDULE_DEFAULTS.successfulJobs,
    failedJobs: args.failedJobsHistoryLimit ?? SNAPSHOT_SCHEDULE_DEFAULTS.failedJobs,
    labels,
    job: agentJobSpec({
      labels,
      podAnnotations: args.podAnnotations,
      activeDeadlineSeconds: settled.activeDeadlineSeconds,
      retries: args.retries ?? usualRetries(args.mode),
      pod: podSpec(runs, "take"),
    }),
  });
}

/** What brings back whatever a run left stopped that is over. It is never suspended, and its next look is its next try. */
export function watchdogSpec(runs: SnapshotRuns): CronJobSpec {
  const { args, settled, labels } = runs;
  const seconds = settled.watchdogMinutes.apply((minutes) => minutes * 60);
  return {
    schedule: settled.watchdogMinutes.apply((minutes) => `*/${minutes} * * * *`),
    timeZone: "UTC",
    concurrencyPolicy: "Forbid",
    suspend: false,
    startingDeadlineSeconds: seconds,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: args.failedJobsHistoryLimit ?? SNAPSHOT_SCHEDULE_DEFAULTS.failedJobs,
    jobTemplate: {
      metadata: { labels },
      spec: agentJobSpec({
        labels,
        podAnnotations: args.podAnnotations,
        // Forbid would let one that hangs keep all later ones from looking. Beside a minute an image may have to be pulled.
        activeDeadlineSeconds: seconds.apply((one) => Math.max(one, 120)),
        retries: 1,
        pod: podSpec(runs, "resume"),
      }),
    },
  };
}

function podSpec({ args, settled, serviceAccountName }: SnapshotRuns, command: "take" | "resume") {
  return agentPodSpec(args, {
    component: "SnapshotSchedule",
    name: settled.name,
    labels: snapshotLabels(settled.name),
    command: ["snapshot", command],
    image: settled.image,
    resources: settled.resources,
    serviceAccountName,
    speaksToKubernetes: true,
    restartPolicy: "Never",
    graceSeconds: GRACE_SECONDS,
    variables: [
      // In the template itself: a ConfigMap that is replaced would leave a retry of the run before without its own.
      { name: VOLUME_SNAPSHOT_CONFIG_VARIABLE, value: settled.document },
      ...jobVariables(),
      { name: POD_UID_VARIABLE, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.uid" } } },
    ],
  });
}
