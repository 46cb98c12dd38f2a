import { namespaceProblem } from "@pgkeep/core";

/** internal/webhook/v1/cluster_webhook.go of CloudNativePG 1.30 */
export const LONGEST_CLUSTER_NAME = 50;

/** Form of a namespace's and a Cluster's name, for messages. */
export const LABEL_FORM = "lower-case letters, digits and hyphens";

/** Why CloudNativePG takes a text for no name of a Cluster; undefined where it does. */
export function clusterNameProblem(name: string): string | undefined {
  return name.length > LONGEST_CLUSTER_NAME
    ? `this name has ${name.length} characters, and CloudNativePG takes at most ${LONGEST_CLUSTER_NAME} for a Cluster`
    : namespaceProblem(name)?.replace("a namespace", "a Cluster");
}
