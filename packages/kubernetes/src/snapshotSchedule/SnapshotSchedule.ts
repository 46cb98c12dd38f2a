import { VolumeSnapshotMode } from "@pgkeep/core";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createAgentAccess } from "../agentPod/createAgentAccess.js";
import { argumentsError } from "../argumentsError.js";
import { createSnapshotRoles } from "./createSnapshotRoles.js";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";
import { settleSnapshotSchedule } from "./settleSnapshotSchedule.js";
import { type SnapshotRuns, takingSpec, watchdogSpec } from "./snapshotCronJobs.js";
import { snapshotLabels, watchdogName } from "./snapshotScheduleDefaults.js";
import { snapshotNetwork, snapshotSchedulePolicy } from "./snapshotSchedulePolicy.js";
import { snapshotScheduleProblems } from "./snapshotScheduleProblems.js";

/**
 * Snapshots of one or several volumes by schedule: a CronJob runs the agent, which has them cut at one instant, waits until they are usable, judges the set as a
 * whole, and prunes older ones. Where the storage cannot cut several volumes at once, what writes to them is stopped meanwhile, and a second CronJob, the watchdog,
 * brings it back even if the run is lost. Needs the custom resources of external-snapshotter and a CSI driver that takes snapshots.
 *
 * A snapshot lies on the storage of its volume: it is a fast way back, and no backup by itself.
 */
export class SnapshotSchedule extends pulumi.ComponentResource {
  /** Name of the CronJob, and of the schedule: the label `pgkeep/schedule` of its snapshots. `kubectl create job --from=cronjob/NAME` takes a set by hand. */
  public readonly scheduleName: pulumi.Output<string>;
  /** Its namespace. */
  public readonly namespace: pulumi.Output<string>;
  /** Name of the watchdog's CronJob. Nothing but in mode `quiesce`. */
  public readonly watchdogName: pulumi.Output<string | undefined>;
  /** Name of the ServiceAccount that its Pods have. */
  public readonly serviceAccountName: pulumi.Output<string>;
  /** What the agent is told, as JSON: `PGKEEP_SNAPSHOTS_YAML` of whoever runs `pgkeep snapshot list` elsewhere. It holds no secret. */
  public readonly snapshotConfiguration: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: SnapshotScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = snapshotScheduleProblems(name, args);
    if (problems.length > 0) throw argumentsError("SnapshotSchedule", name, problems);
    const settled = settleSnapshotSchedule(name, args);
    const effectivePolicy = snapshotSchedulePolicy(args, settled);
    // Among the inputs, because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:SnapshotSchedule", name, { ...args, effectivePolicy }, opts);

    const { namespace, labels: given = {} } = args;
    const labels = pulumi.output(given).apply((others) => ({ ...others, ...snapshotLabels(settled.name) }));
    const metadata = { name: settled.name, namespace, labels };
    const access = createAgentAccess(this, name, metadata, args, snapshotNetwork(settled.name, args));
    const account = access.serviceAccountName;
    const roles = args.roles === false ? [] : createSnapshotRoles(this, name, metadata, account, settled);
    const runs: SnapshotRuns = { args, settled, labels, serviceAccountName: account };
    const before = [...access.policies, ...roles];
    // Nothing is stopped before somebody is there who brings it back; when all goes, the watchdog goes last.
    const watchdog =
      args.mode === VolumeSnapshotMode.Quiesce
        ? new kubernetes.batch.v1.CronJob(
            `${name}-watchdog`,
            { metadata: { ...metadata, name: watchdogName(settled.name) }, spec: watchdogSpec(runs) },
            { parent: this, dependsOn: before },
          )
        : undefined;
    const cronJob = new kubernetes.batch.v1.CronJob(
      `${name}-cron`,
      { metadata, spec: takingSpec(runs) },
      { parent: this, dependsOn: watchdog === undefined ? before : [...before, watchdog] },
    );

    this.scheduleName = cronJob.metadata.name;
    this.namespace = pulumi.output(namespace);
    this.watchdogName = pulumi.output(watchdog?.metadata.name);
    this.serviceAccountName = pulumi.output(account);
    this.snapshotConfiguration = settled.document;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      scheduleName: this.scheduleName,
      namespace: this.namespace,
      watchdogName: this.watchdogName,
      serviceAccountName: this.serviceAccountName,
      snapshotConfiguration: settled.document,
      effectivePolicy,
    });
  }
}
