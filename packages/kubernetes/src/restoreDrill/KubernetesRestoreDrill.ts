import { FINAL_DRILL_EXIT_CODES } from "@pgkeep/core";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { agentCronJobSpec } from "../agentPod/agentCronJobSpec.js";
import { agentJobSpec } from "../agentPod/agentJobSpec.js";
import { createAgentAccess } from "../agentPod/createAgentAccess.js";
import { argumentsError } from "../argumentsError.js";
import { drillConfiguration, drillSection } from "./drillConfiguration.js";
import { DRILL_DEFAULTS, drillLabels, scratchOf, WITHOUT_ROLE } from "./drillDefaults.js";
import { drillNetwork } from "./drillNetwork.js";
import { drillPodSpec } from "./drillPod.js";
import { drillPolicy } from "./drillPolicy.js";
import { drillProblems } from "./drillProblems.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";
import { settleDrill } from "./settleDrill.js";

/**
 * Drills by schedule in Kubernetes: a CronJob restores the newest recovery point into scratch space, dumps the result again, and compares it with the manifest.
 * What passes is proven; the time it took is the measured RTO of the data.
 *
 * Nothing that lives is touched, and the server that is backed up is not needed. Each run has a scratch server of its own, in a container beside the agent that has
 * neither TCP nor credentials, with room on a volume that is deleted with the Pod. A verdict is not tried again: a recovery point that does not restore fails the
 * Job at once, and what could not be verified is neither a pass nor a failure of the recovery point.
 */
export class KubernetesRestoreDrill extends pulumi.ComponentResource {
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
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: KubernetesRestoreDrillArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = drillProblems(name, args);
    if (problems.length > 0) throw argumentsError("KubernetesRestoreDrill", name, problems);
    const settled = settleDrill(name, args);
    const effectivePolicy = drillPolicy(args, settled);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:KubernetesRestoreDrill", name, { ...args, effectivePolicy }, opts);

    const { namespace, labels: given = {} } = args;
    const labels = pulumi.output(given).apply((others) => ({ ...others, ...drillLabels(settled.name) }));
    const metadata = { name: settled.name, namespace, labels };
    const configuration = pulumi
      .all([settled.config, drillSection(args, settled)])
      .apply(([config, drill]) => JSON.stringify(drillConfiguration(config as never, drill)));
    const access = createAgentAccess(this, name, metadata, args, drillNetwork(settled.name, args, settled.config));
    const account = access.serviceAccountName;
    const cronJob = new kubernetes.batch.v1.CronJob(
      `${name}-cron`,
      {
        metadata,
        spec: agentCronJobSpec({
          slots: settled,
          suspend: args.suspend,
          successfulJobs: DRILL_DEFAULTS.successfulJobs,
          failedJobs: DRILL_DEFAULTS.failedJobs,
          labels,
          job: {
            ...agentJobSpec({
              labels,
              podAnnotations: podAnnotations(args),
              activeDeadlineSeconds: settled.activeDeadlineSeconds,
              retries: args.retries ?? DRILL_DEFAULTS.retries,
              finalExitCodes: FINAL_DRILL_EXIT_CODES,
              pod: drillPodSpec(args, settled, configuration, account, labels),
            }),
            // A Pod that ended would keep its volume until the history limit is reached, which a weekly schedule takes weeks to.
            ttlSecondsAfterFinished: settled.keepFinishedSeconds,
          },
        }),
      },
      { parent: this, dependsOn: access.policies },
    );

    this.cronJobName = cronJob.metadata.name;
    this.namespace = pulumi.output(namespace);
    this.serviceAccountName = pulumi.output(account);
    this.serviceAccountSubject = pulumi.interpolate`system:serviceaccount:${namespace}:${account}`;
    this.podLabels = pulumi.output(drillLabels(settled.name));
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      cronJobName: this.cronJobName,
      namespace: this.namespace,
      serviceAccountName: this.serviceAccountName,
      serviceAccountSubject: this.serviceAccountSubject,
      podLabels: this.podLabels,
      effectivePolicy,
    });
  }
}

/** A sidecar gets no role of the ServiceAccount, whatever the arguments say. */
function podAnnotations(args: KubernetesRestoreDrillArgs): KubernetesRestoreDrillArgs["podAnnotations"] {
  if (scratchOf(args) !== KubernetesDrillScratch.Sidecar) return args.podAnnotations;
  return pulumi.output(args.podAnnotations ?? {}).apply((others) => ({ ...others, ...WITHOUT_ROLE }));
}
