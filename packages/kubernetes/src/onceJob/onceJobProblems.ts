import { DEADLINE_FORM, judgedText, KEYED_JOB_NAME_FORM, keyedJobNameProblem, type Problem, parseDeadline } from "@pgkeep/core";
import type { MemoryNeed } from "../agentPod/settleResources.js";

/** How long a run may take. Plain, for how long the deployment waits follows from it. */
export const deadlineSchema = judgedText(
  (text) => {
    const milliseconds = parseDeadline(text);
    return milliseconds === undefined || milliseconds % 1000 !== 0 ? "this is no time that a run may take" : undefined;
  },
  { allowed: `${DEADLINE_FORM}, in whole seconds` },
);

/** What is wrong with the name that goes before the key. */
export function jobNameProblems(name: string, jobName: string | undefined): Problem[] {
  const reason = keyedJobNameProblem(jobName ?? name);
  if (reason === undefined) return [];
  return [
    {
      where: "jobName",
      received: JSON.stringify(jobName ?? name),
      allowed: KEYED_JOB_NAME_FORM,
      reason,
      ...(jobName === undefined ? { next: "give another jobName: it defaults to the component's own name" } : {}),
    },
  ];
}

/** A setting of the configuration that names a file, and by what argument its contents are given instead. */
export type FileSettings = readonly (readonly [setting: string, value: string | undefined, next: string])[];

/** A given configuration may name files that lie on the machine it was written for. */
export function fileSettingProblems(settings: FileSettings): Problem[] {
  return settings.flatMap(([setting, value, next]) =>
    value === undefined
      ? []
      : [{ where: `configuration.${setting}`, received: value, reason: "this names a file, and in the Pod there is none", next }],
  );
}

/** Variables that one component sets itself, beside those that all do: Kubernetes takes no variable twice. */
export function ownVariableProblems(
  { environment = {}, secrets = {} }: { environment?: object; secrets?: object },
  names: Readonly<Record<string, string>>,
): Problem[] {
  return Object.entries({ environment, secrets }).flatMap(([group, variables]) =>
    Object.entries(names).flatMap(([variable, argument]) =>
      variable in variables
        ? [{ where: `${group}.${variable}`, reason: "the component sets this variable itself", next: `say it in ${argument}` }]
        : [],
    ),
  );
}

/** The least memory of a run with one program of PostgreSQL at a time; a backup and a restore of one database stay below it whatever its size (test/memory). */
export function oneAtATimeNeed(what: string): MemoryNeed {
  return { bytes: 256 * 2 ** 20, text: "256Mi", reason: `a ${what} would be killed in its midst (exit code 137)`, next: "give it more" };
}
