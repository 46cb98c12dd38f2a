import { fargateSizeProblem, type Problem } from "@pgkeep/core";
import type { z } from "zod";
import { argumentsError } from "../argumentsError.js";
import { image, secretReference } from "./agentTaskSchema.js";
import type { AgentTaskDeclaration } from "./declareAgentTask.js";

/** What of a task could be judged only once an Output had its value. */
export interface KnownTask {
  image: string;
  cpu: number;
  memory: number;
  secrets: Record<string, string>;
}

/** Stops a preview or a deployment where a value that came late is one that could not have been given plainly. */
export function assertKnownTask({ component, name, where }: AgentTaskDeclaration, task: Partial<KnownTask>): void {
  const problems = knownTaskProblems(task, where);
  if (problems.length > 0) throw argumentsError(component, name, problems);
}

export function knownTaskProblems({ image: given, cpu, memory, secrets = {} }: Partial<KnownTask>, where: string): Problem[] {
  const size = cpu === undefined || memory === undefined ? undefined : fargateSizeProblem(cpu, memory);
  return [
    ...(given === undefined ? [] : judged(image, given, `${where}.image`)),
    ...(size === undefined
      ? []
      : [{ ...size, where: `${where}.${size.property}`, received: String(size.property === "cpu" ? cpu : memory) }]),
    ...Object.entries(secrets).flatMap(([name, reference]) => judged(secretReference, reference, `${where}.secrets.${name}`)),
  ];
}

function judged(schema: z.ZodType, value: string, where: string): Problem[] {
  return (schema.safeParse(value).error?.issues ?? []).map((issue) => {
    const { allowed, hidden } = (issue.code === "custom" ? (issue.params ?? {}) : {}) as { allowed?: string; hidden?: boolean };
    return {
      where,
      reason: issue.message,
      received: hidden ? "(not shown: it may be a secret)" : JSON.stringify(value),
      ...(allowed === undefined ? {} : { allowed }),
    };
  });
}
