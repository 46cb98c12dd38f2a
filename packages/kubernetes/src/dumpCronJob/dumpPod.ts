import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { agentPodSpec, jobVariables } from "../agentPod/agentPodSpec.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { dumpLabels } from "./dumpCronJobDefaults.js";
import type { SettledDumpCronJob } from "./settleDumpCronJob.js";

/** A backup ends in order within it: uploads are aborted, and the lock is let go. */
const GRACE_SECONDS = 60;

/** What the dump's Pods are, all but their metadata. */
export function dumpPodSpec(
  args: DumpCronJobArgs,
  settled: SettledDumpCronJob,
  configuration: pulumi.Output<string>,
  serviceAccountName: pulumi.Input<string>,
): kubernetes.types.input.core.v1.PodSpec {
  return agentPodSpec(args, {
    component: "DumpCronJob",
    name: settled.name,
    labels: dumpLabels(settled.name),
    command: ["backup", "--exclusive"],
    configuration,
    image: settled.image,
    sidecarImages: settled.sidecarImages,
    resources: settled.resources,
    serviceAccountName,
    restartPolicy: "Never",
    graceSeconds: GRACE_SECONDS,
    secrets: { PGPASSWORD: args.server.passwordSecret, PGKEEP_SIGNING_KEY: args.signing?.privateKeySecret },
    variables: jobVariables(),
  });
}
