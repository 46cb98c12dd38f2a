import { type AgentConfigInput, isDeferred, type Problem, ProblemError, parseAgentConfig, storeKindOf } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { endpointPort } from "./agentNetworkPolicies.js";
import { readConfigurationText } from "./configurationText.js";

/** The argument by which whoever uses recovery points is told where they are and what is in them. */
const ARGUMENT = "configuration";

/** What is wrong with a given configuration of the agent, the text of a `pgkeep.yaml` or of its JSON. */
export function givenConfigurationProblems(where: string, text: string): Problem[] {
  try {
    const { store } = parseAgentConfig(readConfigurationText(where, text));
    return storeKindOf(store.url) === "file" ? [folderProblem(where, store.url)] : [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => (problem.where === where ? problem : { ...problem, where: `${where}.${problem.where}` }));
  }
}

/** The same where it is known before the deployment. What is no text is told by the schema of the arguments. */
export function knownConfigurationProblems(where: string, text: unknown): Problem[] {
  return isDeferred(text) || typeof text !== "string" ? [] : givenConfigurationProblems(where, text);
}

/** A given configuration as it was written, judged as soon as it is known: what is wrong with it stops the preview or the deployment. */
export function settleConfiguration(component: string, name: string, text: pulumi.Input<string>): pulumi.Output<AgentConfigInput> {
  return pulumi.output(text).apply((known) => {
    const problems = givenConfigurationProblems(ARGUMENT, known);
    if (problems.length > 0) throw argumentsError(component, name, problems);
    return readConfigurationText(ARGUMENT, known) as AgentConfigInput;
  });
}

/** The port at which Pods reach the store of a configuration, where it is no other than the one that the agent knows. */
export function storePortOf({ store }: AgentConfigInput): number {
  return endpointPort(store.endpoint);
}

function folderProblem(where: string, url: string): Problem {
  return {
    where: `${where}.store.url`,
    received: url,
    allowed: "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or azblob://CONTAINER/PREFIX",
    reason: "a folder of a Pod is gone with it, and in a Pod of another component it is another one: there are no recovery points in it",
  };
}
