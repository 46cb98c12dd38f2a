import { createHash } from "node:crypto";
import { keyedJobName, oneTryRules, parseDeadline } from "@pgkeep/core";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { LET_IT_END } from "../agentPod/agentPodDefaults.js";

/** What a Job is for that runs once for a key. */
export interface OnceJob {
  /** Its name in Kubernetes, as `onceJobName` has it. */
  jobName: string;
  namespace: pulumi.Input<string>;
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations of the Job itself. */
  annotations: Record<string, pulumi.Input<string>>;
  podAnnotations: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /** As `parseDeadline` reads it. */
  deadline: string;
  /** Whether the deployment waits until it is done. */
  waits: boolean;
  pod: kubernetes.types.input.core.v1.PodSpec;
}

/** Time for pulling the image and for an eviction, beside what the run itself may take. */
const BESIDE_THE_RUN_SECONDS = 600;

export function onceJobName(name: string, key: string): string {
  return keyedJobName(name, key, (text) => createHash("sha256").update(text).digest("hex"));
}

/**
 * A Job that runs once and is never made anew by a change. Its template cannot be changed in Kubernetes, so Pulumi would replace it, which runs it again: nothing
 * of it is looked at after its creation. Another key is another resource. There is no TTL: a Job that Kubernetes removes would be made anew after a refresh.
 */
export function createOnceJob(
  parent: pulumi.ComponentResource,
  childName: string,
  job: OnceJob,
  dependsOn: pulumi.Resource[],
): kubernetes.batch.v1.Job {
  const { jobName, namespace, labels } = job;
  const seconds = deadlineSeconds(job.deadline);
  const podAnnotations = pulumi.output(job.podAnnotations ?? {}).apply((others) => ({ ...LET_IT_END, ...others }));
  const annotations = { ...job.annotations, ...(job.waits ? {} : { "pulumi.com/skipAwait": "true" }) };
  return new kubernetes.batch.v1.Job(
    childName,
    {
      metadata: { name: jobName, namespace, labels, annotations },
      spec: {
        activeDeadlineSeconds: seconds,
        backoffLimit: 0,
        podFailurePolicy: { rules: oneTryRules() },
        // An eviction takes no try away: the next Pod begins when the one before it has ended.
        podReplacementPolicy: "Failed",
        template: { metadata: { labels, annotations: podAnnotations }, spec: job.pod },
      },
    },
    {
      parent,
      dependsOn,
      ignoreChanges: ["metadata", "spec"],
      customTimeouts: { create: `${seconds + BESIDE_THE_RUN_SECONDS}s`, update: `${seconds + BESIDE_THE_RUN_SECONDS}s` },
    },
  );
}

function deadlineSeconds(text: string): number {
  return Math.ceil((parseDeadline(text) ?? 0) / 1000);
}
