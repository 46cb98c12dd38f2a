import * as pulumi from "@pulumi/pulumi";
import { createAgentAccess } from "../agentPod/createAgentAccess.js";
import { argumentsError } from "../argumentsError.js";
import { createOnceJob } from "../onceJob/createOnceJob.js";
import type { RestoreJobArgs } from "./RestoreJobArgs.js";
import { restoreJobPolicy, restoreNetwork } from "./restoreJobPolicy.js";
import { restoreJobProblems } from "./restoreJobProblems.js";
import { restoreLabels, restorePodSpec } from "./restorePod.js";
import { settleRestoreJob } from "./settleRestoreJob.js";

/**
 * One restore as a Job in Kubernetes: databases of a recovery point, beside what lives, or in its place where each name was confirmed.
 *
 * It happens once for its `restoreId`. A changed image, label or argument makes nothing anew, and where the Job itself is made anew, by whom or what ever, a record in
 * the store ends it before it touches anything. A restore is an event and no state: once it is done, the component may leave the program.
 */
export class RestoreJob extends pulumi.ComponentResource {
  /** Name of the Job: `kubectl logs job/NAME` shows what it did, and how a replaced database comes back. */
  public readonly jobName: pulumi.Output<string>;
  /** Its namespace. */
  public readonly namespace: pulumi.Output<string>;
  /** Name of the ServiceAccount that its Pod has. */
  public readonly serviceAccountName: pulumi.Output<string>;
  /** `system:serviceaccount:NAMESPACE:NAME`, for the condition on `sub` in the trust policy of a role for IRSA. */
  public readonly serviceAccountSubject: pulumi.Output<string>;
  /** Labels of its Pod, for policies of others that let it in. */
  public readonly podLabels: pulumi.Output<Record<string, string>>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: RestoreJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = restoreJobProblems(name, args);
    if (problems.length > 0) throw argumentsError("RestoreJob", name, problems);
    const settled = settleRestoreJob(name, args);
    const effectivePolicy = restoreJobPolicy(args, settled);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:RestoreJob", name, { ...args, effectivePolicy }, opts);

    const { namespace, labels: given = {} } = args;
    const labels = pulumi.output(given).apply((others) => ({ ...others, ...restoreLabels(settled.name) }));
    const metadata = { name: settled.name, namespace, labels };
    const access = createAgentAccess(this, name, metadata, args, restoreNetwork(args, settled));
    const account = access.serviceAccountName;
    const job = createOnceJob(
      this,
      `${name}-${args.restoreId}`,
      {
        jobName: settled.jobName,
        namespace,
        labels,
        annotations: { "pgkeep/restore": args.restoreId },
        podAnnotations: args.podAnnotations,
        deadline: settled.deadline,
        waits: settled.waits,
        pod: restorePodSpec(args, settled, account),
      },
      access.policies,
    );

    this.jobName = job.metadata.name;
    this.namespace = pulumi.output(namespace);
    this.serviceAccountName = pulumi.output(account);
    this.serviceAccountSubject = pulumi.interpolate`system:serviceaccount:${namespace}:${account}`;
    this.podLabels = pulumi.output(restoreLabels(settled.name));
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      jobName: this.jobName,
      namespace: this.namespace,
      serviceAccountName: this.serviceAccountName,
      serviceAccountSubject: this.serviceAccountSubject,
      podLabels: this.podLabels,
      effectivePolicy,
    });
  }
}
