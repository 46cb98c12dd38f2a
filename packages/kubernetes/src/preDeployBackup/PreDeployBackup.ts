import * as pulumi from "@pulumi/pulumi";
import { createAgentAccess } from "../agentPod/createAgentAccess.js";
import { argumentsError } from "../argumentsError.js";
import { createOnceJob } from "../onceJob/createOnceJob.js";
import type { PreDeployBackupArgs } from "./PreDeployBackupArgs.js";
import { preDeployBackupPolicy } from "./preDeployBackupPolicy.js";
import { preDeployBackupProblems } from "./preDeployBackupProblems.js";
import { preDeployPodSpec } from "./preDeployPod.js";
import { preDeployLabels, preDeployNetwork, settlePreDeployBackup } from "./settlePreDeployBackup.js";

/**
 * A recovery point before each deployment, as a Job in Kubernetes, for what runs migrations to depend on (`dependsOn`): it waits for the backup, and where that fails
 * nothing is migrated. The key of a deployment is part of the Job's name: a new key takes a new backup, and no other change takes one.
 */
export class PreDeployBackup extends pulumi.ComponentResource {
  /** Name of the Job: `kubectl logs job/NAME` shows what it did. */
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

  constructor(name: string, args: PreDeployBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = preDeployBackupProblems(name, args);
    if (problems.length > 0) throw argumentsError("PreDeployBackup", name, problems);
    const settled = settlePreDeployBackup(name, args);
    const effectivePolicy = preDeployBackupPolicy(args, settled);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:PreDeployBackup", name, { ...args, effectivePolicy }, opts);

    const { namespace, labels: given = {} } = args;
    const labels = pulumi.output(given).apply((others) => ({ ...others, ...preDeployLabels(settled.name) }));
    const metadata = { name: settled.name, namespace, labels };
    const access = createAgentAccess(this, name, metadata, args, preDeployNetwork(args, settled));
    const account = access.serviceAccountName;
    const job = createOnceJob(
      this,
      `${name}-${args.deploymentKey}`,
      {
        jobName: settled.jobName,
        namespace,
        labels,
        annotations: { "pgkeep/deployment": args.deploymentKey },
        podAnnotations: args.podAnnotations,
        deadline: settled.deadline,
        waits: settled.waits,
        pod: preDeployPodSpec(args, settled, account),
      },
      access.policies,
    );

    this.jobName = job.metadata.name;
    this.namespace = pulumi.output(namespace);
    this.serviceAccountName = pulumi.output(account);
    this.serviceAccountSubject = pulumi.interpolate`system:serviceaccount:${namespace}:${account}`;
    this.podLabels = pulumi.output(preDeployLabels(settled.name));
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
