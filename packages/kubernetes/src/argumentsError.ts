import { type Problem, refusedArguments } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";

/** All problems as one error, which a host in another language gets one by one (provider/server.ts sends `errors` as structured failures). */
export function argumentsError(component: string, name: string, problems: readonly Problem[]): pulumi.InputPropertiesError {
  const refused = refusedArguments(component, name, problems);
  const error = new pulumi.InputPropertiesError(refused);
  // Node would print a stack and a dump of the object (cmd/run/run.ts), unless it is marked as an error of the program's user.
  Object.defineProperty(error, "__pulumiRunError", { value: true });
  error.stack = refused.message;
  return error;
}
