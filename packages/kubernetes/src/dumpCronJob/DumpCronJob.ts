import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { agentCronJobSpec } from "../agentPod/agentCronJobSpec.js";
import { agentJobSpec } from "../agentPod/agentJobSpec.js";
import { createAgentAccess } from "../agentPod/createAgentAccess.js";
import { argumentsError } from "../argumentsError.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { DUMP_CRON_JOB_DEFAULTS, dumpLabels } from "./dumpCronJobDefaults.js";
import { dumpCronJobPolicy } from "./dumpCronJobPolicy.js";
import { dumpCronJobProblems } from "./dumpCronJobProblems.js";
import { dumpNetwork } from "./dumpNetwork.js";
import { dumpPodSpec } from "./dumpPod.js";
import { settleDumpCronJob } from "./settleDumpCronJob.js";

/**
 * Backups by schedule in Kubernetes: a CronJob runs the agent, which dumps all databases of a server at one instant into a bucket.
 *
 * Kubernetes starts a Job for a slot about once: perhaps twice, perhaps never. So the recovery point's id comes from the slot and the Job's UID, the store's
 * lock prevents overlap, each run has a deadline, what trying again cannot mend is not tried again, and what counts is the age of the newest recovery
 * point and not what Jobs say. Its Pods fit the restricted Pod Security, reach what they need, and find their Secrets by name.
 */
export class DumpCronJob extends pulumi.ComponentResource {
  /** Name of the CronJob: `kubectl create job --from=cronjob/NAME` runs it by hand. */
  public readonly cronJobName: pulumi.Output<string>;
  /** Its namespace. */
  public readonly namespace: pulumi.Output<string>;
  /** Name of the ServiceAccount that its Pods have. */
  public readonly serviceAccountName: pulumi.Output<string>;
  /** `system:serviceaccount:NAMESPACE:NAME`, for the condition on `sub` in the trust policy of a role for IRSA. */
  public readonly serviceAccountSubject: pulumi.Output<string>;
  /** Labels of its Pods, for policies of others that let them in. */
  public readonly podLabels: pulumi.Output<Record<string, string>>;
  /** The agent's configuration as JSON, as it is given to the container: `PGKEEP_CONFIG_YAML` of whoever restores. It holds no secret. */
  public readonly agentConfiguration: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: DumpCronJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = dumpCronJobProblems(name, args);
    if (problems.length > 0) throw argumentsError("DumpCronJob", name, problems);
    const settled = settleDumpCronJob(name, args);
    const effectivePolicy = dumpCronJobPolicy(args, settled);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:DumpCronJob", name, { ...args, effectivePolicy }, opts);

    const { namespace, labels: given = {} } = args;
    const labels = pulumi.output(given).apply((others) => ({ ...others, ...dumpLabels(settled.name) }));
    const metadata = { name: settled.name, namespace, labels };
    const agentConfiguration = settled.config.apply((config) => JSON.stringify(config));
    const access = createAgentAccess(this, name, metadata, args, dumpNetwork(settled.name, args));
    const account = access.serviceAccountName;
    const cronJob = new kubernetes.batch.v1.CronJob(
      `${name}-cron`,
      {
        metadata,
        spec: agentCronJobSpec({
          slots: settled,
          suspend: args.suspend,
          successfulJobs: args.successfulJobsHistoryLimit ?? DUMP_CRON_JOB_DEFAULTS.successfulJobs,
          failedJobs: args.failedJobsHistoryLimit ?? DUMP_CRON_JOB_DEFAULTS.failedJobs,
          labels,
          job: agentJobSpec({
            labels,
            podAnnotations: args.podAnnotations,
            activeDeadlineSeconds: settled.activeDeadlineSeconds,
            retries: args.retries ?? DUMP_CRON_JOB_DEFAULTS.retries,
            pod: dumpPodSpec(args, settled, agentConfiguration, account),
          }),
        }),
      },
      { parent: this, dependsOn: access.policies },
    );

    this.cronJobName = cronJob.metadata.name;
    this.namespace = pulumi.output(namespace);
    this.serviceAccountName = pulumi.output(account);
    this.serviceAccountSubject = pulumi.interpolate`system:serviceaccount:${namespace}:${account}`;
    this.podLabels = pulumi.output(dumpLabels(settled.name));
    this.agentConfiguration = agentConfiguration;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      cronJobName: this.cronJobName,
      namespace: this.namespace,
      serviceAccountName: this.serviceAccountName,
      serviceAccountSubject: this.serviceAccountSubject,
      podLabels: this.podLabels,
      agentConfiguration,
      effectivePolicy,
    });
  }
}
