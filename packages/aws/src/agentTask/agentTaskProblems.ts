import { fargateSizeProblem, isDeferred, type Problem } from "@pgkeep/core";
import type { AgentTaskArgs } from "./AgentTaskArgs.js";
import { AGENT_TASK_DEFAULTS } from "./agentTaskDefaults.js";

/** What is wrong with a task's arguments together, as far as they are known. `where` is their place among the component's. */
export function agentTaskProblems(task: AgentTaskArgs, where: string): Problem[] {
  return [...sizeProblems(task, where), ...networkProblems(task, where), ...logProblems(task, where), ...nameProblems(task, where)];
}

function sizeProblems(
  { cpu = AGENT_TASK_DEFAULTS.cpu, memory = AGENT_TASK_DEFAULTS.memory, ...given }: AgentTaskArgs,
  where: string,
): Problem[] {
  if (isDeferred(cpu) || isDeferred(memory)) return [];
  const problem = fargateSizeProblem(cpu as number, memory as number);
  // A number of units that there is not is said where each argument is judged by itself.
  if (problem === undefined || problem.property === "cpu") return [];
  const received = `${String(memory)} with cpu ${String(cpu)}`;
  return [{ ...problem, where: `${where}.memory`, received, ...(given.image === undefined ? {} : { next: "change cpu or memory" }) }];
}

function networkProblems({ network }: AgentTaskArgs, where: string): Problem[] {
  const { securityGroupId, vpcId, databaseSecurityGroupId, databaseCidr, allowInDatabaseGroup, httpsCidrs, httpsPrefixListIds } = network;
  const problem = (property: string, reason: string, next: string): Problem => ({ where: `${where}.network.${property}`, reason, next });
  const problems: Problem[] = [];
  if (allowInDatabaseGroup === true && databaseSecurityGroupId === undefined) {
    problems.push(problem("allowInDatabaseGroup", "there is no group to let the task in", "name databaseSecurityGroupId"));
  }
  if (securityGroupId !== undefined) {
    const idle = Object.entries({ vpcId, databaseCidr, httpsCidrs, httpsPrefixListIds }).filter(([, value]) => value !== undefined);
    for (const [property] of idle) {
      problems.push(problem(property, "a security group is given, and its rules are its owner's", "remove it, or securityGroupId"));
    }
    return problems;
  }
  if (vpcId === undefined)
    problems.push(problem("vpcId", "this is missing: the task's own security group is in a VPC", "name the subnets' VPC"));
  if (databaseSecurityGroupId === undefined && databaseCidr === undefined) {
    const reason = "this is missing: the task may connect to nothing but what is named";
    problems.push(problem("databaseSecurityGroupId", reason, "name the database's security group, or databaseCidr"));
  }
  if (databaseSecurityGroupId !== undefined && databaseCidr !== undefined) {
    problems.push(problem("databaseCidr", "the database's security group is named already", "remove one of the two"));
  }
  return problems;
}

function logProblems({ logs }: AgentTaskArgs, where: string): Problem[] {
  if (logs?.groupArn === undefined) return [];
  return (["retentionDays", "kmsKeyArn"] as const)
    .filter((property) => logs[property] !== undefined)
    .map((property) => ({
      where: `${where}.logs.${property}`,
      reason: "a log group is given, and this is its owner's",
      next: "remove it, or groupArn",
    }));
}

function nameProblems({ environment = {}, secrets = {} }: AgentTaskArgs, where: string): Problem[] {
  return Object.keys(environment)
    .filter((name) => secrets[name] !== undefined)
    .map((name) => ({
      where: `${where}.environment.${name}`,
      reason: "this variable is among the secrets, too",
      next: "remove one of the two",
    }));
}

/** Names that a component gives itself, and that nobody else may give. */
export function takenNameProblems(task: AgentTaskArgs, where: string, taken: readonly string[], next: string): Problem[] {
  return (["environment", "secrets"] as const).flatMap((property) =>
    Object.keys(task[property] ?? {})
      .filter((name) => taken.includes(name))
      .map((name) => ({ where: `${where}.${property}.${name}`, reason: "the component gives this variable itself", next })),
  );
}
