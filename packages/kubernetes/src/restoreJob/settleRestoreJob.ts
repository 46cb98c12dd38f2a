import { type AgentConfigInput, type Problem, ProblemError } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { settleConfiguration } from "../agentPod/agentConfiguration.js";
import { settleImages } from "../agentPod/settleImages.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { argumentsError } from "../argumentsError.js";
import { configuredServer } from "../onceJob/configuredServer.js";
import { onceJobName } from "../onceJob/createOnceJob.js";
import { fileSettingProblems } from "../onceJob/onceJobProblems.js";
import type { RestoreJobArgs } from "./RestoreJobArgs.js";
import { RESTORE_NEED } from "./restoreJobProblems.js";

/** A restore's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledRestoreJob {
  name: string;
  jobName: string;
  config: pulumi.Output<AgentConfigInput>;
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  resources: pulumi.Output<SettledResources>;
  image: pulumi.Output<string>;
  /** Of the sidecars, in their order. */
  sidecarImages: pulumi.Output<string>[];
  deadline: string;
  waits: boolean;
}

const USUAL_DEADLINE = "6h";
const POSTGRES_PORT = 5432;

export function settleRestoreJob(name: string, args: RestoreJobArgs): SettledRestoreJob {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("RestoreJob", name, problems);
  };
  const { target, jobName = name } = args;
  const config = settleConfiguration("RestoreJob", name, args.configuration).apply((known) => {
    const next = "remove it, and give the identity in identitySecret where one is needed";
    refuse(fileSettingProblems([["encryption.identityFile", known.encryption?.identityFile, next]]));
    return known;
  });
  const server = config.apply((known) => {
    if (target.host !== undefined) return undefined;
    try {
      return configuredServer(known);
    } catch (error) {
      if (error instanceof ProblemError) refuse([...error.problems]);
      throw error;
    }
  });
  return {
    name: jobName,
    jobName: onceJobName(jobName, args.restoreId),
    config,
    host: pulumi.all([target.host, server]).apply(([given, configured]) => given ?? configured?.host ?? ""),
    port: pulumi.all([target.port, server]).apply(([given, configured]) => given ?? configured?.port ?? POSTGRES_PORT),
    resources: settleResources(args.resources ?? {}, RESTORE_NEED, refuse),
    ...settleImages(args, refuse),
    deadline: args.deadline ?? USUAL_DEADLINE,
    waits: args.waitForCompletion ?? true,
  };
}
