import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { describeVeleroSchedule } from "./describeVeleroSchedule.js";
import type { VeleroScheduleArgs } from "./VeleroScheduleArgs.js";
import { veleroScheduleProblems } from "./veleroScheduleProblems.js";
import { classAnnotations, type KnownVeleroSchedule, veleroSpec, veleroTimes } from "./veleroSpec.js";

/**
 * A Schedule of Velero, which is there already: backups of namespaces by a schedule that is written as everywhere in pgkeep and emitted as Velero
 * reads it. Stands beside dumps: what Velero restores of a database is what a crash would have left.
 */
export class VeleroSchedule extends pulumi.ComponentResource {
  /** Name of the Schedule, for `velero restore create --from-schedule`. */
  public readonly scheduleName: pulumi.Output<string>;
  /** Namespace of the Schedule. */
  public readonly veleroNamespace: pulumi.Output<string>;
  /** The schedule as Velero has it, for example `CRON_TZ=Europe/Berlin 0 2 * * *`. */
  public readonly emittedSchedule: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: VeleroScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = veleroScheduleProblems(name, args);
    if (problems.length > 0) throw argumentsError("VeleroSchedule", name, problems);
    const known: pulumi.Output<KnownVeleroSchedule> = pulumi.output(args).apply((values) => {
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as KnownVeleroSchedule;
      const late = veleroScheduleProblems(name, given);
      if (late.length > 0) throw argumentsError("VeleroSchedule", name, late);
      return given;
    });
    const effectivePolicy = known.apply(describeVeleroSchedule);
    super("pgkeep:index:VeleroSchedule", name, { ...args, effectivePolicy }, opts);

    const scheduleName = args.scheduleName ?? name;
    const schedule = new kubernetes.apiextensions.CustomResource(
      `${name}-schedule`,
      {
        apiVersion: "velero.io/v1",
        kind: "Schedule",
        metadata: {
          name: scheduleName,
          // By itself: what is unknown elsewhere would replace the Schedule in a preview.
          namespace: args.veleroNamespace ?? "velero",
          labels: known.apply(({ labels = {} }) => labels),
          annotations: known.apply((values) => ({
            ...classAnnotations(values),
            // The provider has no notion of its own of when a custom resource is there.
            ...(args.awaitEnabled ? { "pulumi.com/waitFor": "jsonpath={.status.phase}=Enabled" } : {}),
          })),
        },
        spec: known.apply(veleroSpec),
      },
      { parent: this },
    );

    this.scheduleName = schedule.metadata.name;
    this.veleroNamespace = schedule.metadata.namespace;
    this.emittedSchedule = known.apply((values) => veleroTimes(values).emitted.schedule);
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      scheduleName: this.scheduleName,
      veleroNamespace: this.veleroNamespace,
      emittedSchedule: this.emittedSchedule,
      effectivePolicy,
    });
  }
}
