import { ecrRepositoryArn, parseSecretReference } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import type { AgentTaskArgs } from "./AgentTaskArgs.js";
import { AGENT_TASK_DEFAULTS } from "./agentTaskDefaults.js";

/** What of a task's values its description needs. */
export interface DescribedTask {
  image: string;
  cpu: number;
  memory: number;
  architecture: string;
  platformVersion: string;
  user: string;
  /** What the secrets are named by. */
  secrets: readonly string[];
  databasePort: number;
  /** Undefined where the security group is given. */
  database: string | undefined;
  https: readonly string[];
  /** Undefined where the log group is given. */
  retentionDays: number | undefined;
}

/** A task in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeAgentTask(task: DescribedTask): string[] {
  const { image, cpu, memory, architecture, platformVersion, user, databasePort, database, https, retentionDays } = task;
  return [
    `image ${image}`,
    `Fargate ${platformVersion}, ${architecture}, ${cpu} CPU units, ${memory} MiB; user ${user}, nothing writable but /tmp`,
    `no public IP: the subnets need a NAT gateway, or endpoints for ${endpoints(task).join(", ")}`,
    database === undefined
      ? "network: the rules of the security group given"
      : `network: nothing comes in; out to PostgreSQL (port ${databasePort}, ${database}) and HTTPS (${https.join(", ")})`,
    retentionDays === undefined ? "log: in the group given" : `log: kept ${retentionDays} ${retentionDays === 1 ? "day" : "days"}`,
  ];
}

/** AWS's services that the task calls, by the names of their VPC endpoints. */
function endpoints({ image, secrets }: DescribedTask): string[] {
  const services = new Set(secrets.map((text) => parseSecretReference(text)?.service));
  return [
    "s3",
    "logs",
    ...(ecrRepositoryArn(image) === undefined ? [] : ["ecr.api", "ecr.dkr"]),
    ...[...services].filter((service) => service !== undefined).sort(),
  ];
}

/** The same as soon as the arguments have their values. `secrets` are the component's own, beside the task's. */
export function agentTaskPolicy(
  task: AgentTaskArgs,
  { databasePort = 5432, secrets = {} }: { databasePort?: pulumi.Input<number>; secrets?: Record<string, pulumi.Input<string>> },
): pulumi.Output<string[]> {
  const { network, logs = {} } = task;
  const { databaseSecurityGroupId, databaseCidr, httpsCidrs, httpsPrefixListIds = [] } = network;
  const everywhere = httpsPrefixListIds.length > 0 ? [] : ["everywhere"];
  return pulumi
    .all([
      pulumi.all([task.image, task.platformVersion ?? AGENT_TASK_DEFAULTS.platformVersion, task.user ?? AGENT_TASK_DEFAULTS.user]),
      pulumi.all([task.cpu ?? AGENT_TASK_DEFAULTS.cpu, task.memory ?? AGENT_TASK_DEFAULTS.memory]),
      task.architecture ?? AGENT_TASK_DEFAULTS.architecture,
      pulumi.all(Object.values({ ...task.secrets, ...secrets })),
      databasePort,
      network.securityGroupId === undefined ? (databaseSecurityGroupId ?? databaseCidr) : undefined,
      pulumi.all([...(httpsCidrs ?? everywhere), ...httpsPrefixListIds]),
      logs.groupArn === undefined ? (logs.retentionDays ?? AGENT_TASK_DEFAULTS.logRetentionDays) : undefined,
    ])
    .apply(([[image, platformVersion, user], [cpu, memory], architecture, named, port, database, https, retentionDays]) =>
      describeAgentTask({
        image,
        platformVersion,
        user,
        cpu,
        memory,
        architecture,
        secrets: named,
        databasePort: port,
        database,
        https,
        retentionDays,
      }),
    );
}
