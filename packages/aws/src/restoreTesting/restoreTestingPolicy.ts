import * as pulumi from "@pulumi/pulumi";
import { agentTaskPolicy } from "../agentTask/describeAgentTask.js";
import { argumentsError } from "../argumentsError.js";
import { describeRestoreTesting } from "./describeRestoreTesting.js";
import type { RestoreTestingArgs } from "./RestoreTestingArgs.js";
import { RESTORE_TESTING_DEFAULTS } from "./restoreTestingDefaults.js";
import { drillTask, restoreTestingProblems } from "./restoreTestingProblems.js";

/** How long an instance is kept: long enough for the drill, or not at all without one. */
export function validationWindow({ validation, validationWindowHours }: RestoreTestingArgs): pulumi.Input<number> | undefined {
  return validationWindowHours ?? (validation === undefined ? undefined : RESTORE_TESTING_DEFAULTS.validationWindowHours);
}

/** The tests in words, as soon as their values are known, which are judged once more then. */
export function restoreTestingPolicy(name: string, args: RestoreTestingArgs): pulumi.Output<string> {
  const { validation, network } = args;
  const defaults = RESTORE_TESTING_DEFAULTS;
  return pulumi
    .all([
      pulumi.all([args.schedule, args.timeZone ?? defaults.timeZone, args.algorithm ?? defaults.algorithm]),
      pulumi.all([
        args.startWindowHours ?? defaults.startWindowHours,
        args.selectionWindowDays ?? defaults.selectionWindowDays,
        validationWindow(args),
      ]),
      pulumi.all([pulumi.all(args.vaultArns), pulumi.output(args.databaseArns), pulumi.output(args.databaseTags)]),
      pulumi.all([network.subnetGroupName, network.securityGroupId, args.instanceClass, args.parameterGroupName, args.region]),
      validation === undefined
        ? undefined
        : pulumi.all([validation.cluster, pulumi.output(validation.databases), pulumi.output(validation.store)]),
      validation === undefined ? [] : agentTaskPolicy(drillTask(validation.task, "restored instances", false), {}),
    ])
    .apply(([[schedule, timeZone, algorithm], [startWindowHours, selectionWindowDays, kept], selected, placed, drilled, task]) => {
      const [vaultArns, databaseArns, databaseTags] = selected;
      const [subnetGroup, securityGroup, instanceClass, parameterGroup, region] = placed;
      const known = {
        ...args,
        schedule,
        timeZone,
        algorithm,
        startWindowHours,
        selectionWindowDays,
        vaultArns,
        ...(databaseArns === undefined ? {} : { databaseArns }),
        ...(databaseTags === undefined ? {} : { databaseTags }),
        ...(args.validationWindowHours === undefined || kept === undefined ? {} : { validationWindowHours: kept }),
        ...(region === undefined ? {} : { region }),
        ...(instanceClass === undefined ? {} : { instanceClass }),
        ...(validation === undefined || drilled === undefined
          ? {}
          : { validation: { ...validation, cluster: drilled[0], databases: drilled[1], store: drilled[2] } }),
      };
      const problems = restoreTestingProblems(name, known);
      if (problems.length > 0) throw argumentsError("RestoreTesting", name, problems);
      return describeRestoreTesting({
        schedule,
        timeZone,
        startWindowHours,
        algorithm,
        selectionWindowDays,
        includeContinuous: args.includeContinuous ?? true,
        vaultArns,
        databaseArns,
        databaseTags,
        subnetGroup,
        securityGroup,
        instanceClass,
        parameterGroup,
        validationWindowHours: kept,
        validated: validation !== undefined,
        roleGiven: args.roleArn !== undefined,
        task,
      });
    });
}
