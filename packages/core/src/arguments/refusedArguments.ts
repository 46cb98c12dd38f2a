import { describeProblem, type Problem } from "../problem.js";

/** All that is wrong with a component's arguments as one error. */
export interface RefusedArguments {
  /** Holds everything: a program in Node prints nothing else. */
  message: string;
  /** One by one, for a host in another language. */
  errors: { propertyPath: string; reason: string }[];
}

export function refusedArguments(component: string, name: string, problems: readonly Problem[]): RefusedArguments {
  const count = problems.length === 1 ? "an argument is wrong" : `${problems.length} arguments are wrong`;
  return {
    message: `${component} "${name}": ${count}, and nothing was deployed.\n${problems.map(describeProblem).join("\n")}`,
    errors: problems.map((problem) => ({
      propertyPath: problem.where,
      reason: describeProblem(problem).slice(problem.where.length + 2),
    })),
  };
}
