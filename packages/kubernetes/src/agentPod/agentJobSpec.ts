import { podFailureRules } from "@pgkeep/core";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { AGENT_CONTAINER, LET_IT_END } from "./agentPodDefaults.js";

/** A run of the agent as a Job: what is tried again, and for how long. */
export interface AgentJob {
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
  podAnnotations: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  activeDeadlineSeconds: pulumi.Input<number>;
  retries: pulumi.Input<number>;
  /** Exit codes of the agent that end the Job at once. Those of a backup unless given. */
  finalExitCodes?: readonly number[];
  pod: kubernetes.types.input.core.v1.PodSpec;
}

/** What trying again cannot mend is not tried again; an eviction takes no try away; and nothing hangs for ever. */
export function agentJobSpec(job: AgentJob): kubernetes.types.input.batch.v1.JobSpec {
  const annotations = pulumi.output(job.podAnnotations ?? {}).apply((others) => ({ ...LET_IT_END, ...others }));
  return {
    activeDeadlineSeconds: job.activeDeadlineSeconds,
    backoffLimit: job.retries,
    podFailurePolicy: { rules: podFailureRules(AGENT_CONTAINER, job.finalExitCodes) },
    // The next try begins when the Pod before it has ended, and not while it lets its lock go.
    podReplacementPolicy: "Failed",
    template: { metadata: { labels: job.labels, annotations }, spec: job.pod },
  };
}
