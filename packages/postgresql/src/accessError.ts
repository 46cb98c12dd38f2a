import { describeProblem, type Problem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";

/**
 * All problems as one error. A host in another language gets them one by one (provider/server.ts sends `errors` as structured failures); a
 * program in Node prints the message only, which therefore holds everything.
 */
export function accessError(name: string, problems: readonly Problem[]): pulumi.InputPropertiesError {
  const count = problems.length === 1 ? "an argument is wrong" : `${problems.length} arguments are wrong`;
  const message = `PostgresAccess "${name}": ${count}, and nothing was deployed.\n${problems.map(describeProblem).join("\n")}`;
  const error = new pulumi.InputPropertiesError({
    message,
    errors: problems.map(({ where, ...rest }) => ({ propertyPath: where, reason: reasonOf({ where, ...rest }) })),
  });
  // Node would print a stack and a dump of the object (cmd/run/run.ts), unless it is marked as an error of the program's user.
  Object.defineProperty(error, "__pulumiRunError", { value: true });
  error.stack = message;
  return error;
}

function reasonOf(problem: Problem): string {
  return describeProblem(problem).slice(problem.where.length + 2);
}
