import { LONGEST_LABEL_NAME } from "./objectName.js";
import type { PodFailureRule } from "./podFailurePolicy.js";

/** How much of a hash stands in the name of a Job whose key does not fit there. */
const HASH_LENGTH = 10;

/** What a Job that bears a key behind its name may be called without it. */
export const LONGEST_KEYED_JOB_NAME = LONGEST_LABEL_NAME - HASH_LENGTH - 1;
export const KEYED_JOB_NAME_FORM = `1 to ${LONGEST_KEYED_JOB_NAME} lower-case letters, digits and hyphens, with a letter or a digit at both ends`;

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** What is wrong with the name of a Job before its key, or nothing. Its Pods bear the name as a label, so it has no dots and 63 characters at most. */
export function keyedJobNameProblem(name: string): string | undefined {
  if (name.length > LONGEST_KEYED_JOB_NAME) {
    return `this name has ${name.length} characters; the key, or a hash of it, is put behind it, and a Job's name has ${LONGEST_LABEL_NAME} at most, so ${LONGEST_KEYED_JOB_NAME} are the most there can be`;
  }
  return LABEL.test(name) ? undefined : "Kubernetes takes no such name";
}

/** Eight digits behind a hyphen are what a CronJob puts there, the minutes since 1970: `pgkeep` would take them for the slot that its run fills. */
const LOOKS_LIKE_SLOT = /(^|-)\d{8}$/;

/** The name of the one Job of a key: with the key itself where it can be read there, else with a hash of it. */
export function keyedJobName(name: string, key: string, hexOf: (text: string) => string): string {
  const readable = `${name}-${key}`;
  const fits = LABEL.test(key) && readable.length <= LONGEST_LABEL_NAME && !LOOKS_LIKE_SLOT.test(key);
  return fits ? readable : `${name}-${hexOf(key).slice(0, HASH_LENGTH)}`;
}

export const DEPLOYMENT_KEY_FORM = "1 to 128 letters, digits and ._/@:+-, for example a git SHA or the digest of an image";

/** What is wrong with the key of a deployment whose backup is a Job, or nothing. It is a part of a name in Pulumi's state, where `::` separates. */
export function jobDeploymentKeyProblem(key: string): string | undefined {
  if (key === "") return "this is empty";
  if (key.length > 128) return "this is longer than 128 characters";
  return /^[A-Za-z0-9._/@:+-]+$/.test(key) && !key.includes("::") ? undefined : "this holds characters that a key cannot have";
}

/**
 * For a Job that is tried once: an eviction or a drained node takes its one try away from nobody. There is no rule by exit codes on purpose: a Job that such a rule
 * ended has `PodFailurePolicy` for its reason, which Pulumi's provider does not know as a failure and waits for to the end of its time
 * (collectJobConditionErrors in github.com/pulumi/pulumi-kubernetes/blob/v4.34.2/provider/pkg/await/checker/job/check.go).
 */
export function oneTryRules(): PodFailureRule[] {
  return [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }];
}
