/**
 * The controller appends a hyphen and eight digits or more to a CronJob's name for its Jobs, and those may have 63 characters
 * (https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/).
 */
export const LONGEST_CRON_JOB_NAME = 52;

/** What a CronJob may be called, for messages. */
export const CRON_JOB_NAME_FORM = `1 to ${LONGEST_CRON_JOB_NAME} lower-case letters, digits and hyphens, with a letter or a digit at both ends`;

/** What is wrong with the name of a CronJob. Names are labels of its Pods as well, so they have no dots. */
export function cronJobNameProblem(name: string): string | undefined {
  if (name.length > LONGEST_CRON_JOB_NAME) {
    return `this name has ${name.length} characters; Kubernetes appends the time of the slot to it for the names of Jobs, so ${LONGEST_CRON_JOB_NAME} are the most there can be`;
  }
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) return "Kubernetes takes no such name";
  return undefined;
}
