/** Tags by which the agent finds the snapshots that it may remove. */
export const PRE_DEPLOY_TAG = "pgkeep:pre-deploy";
/** The deployment that a snapshot was taken for. */
export const DEPLOYMENT_TAG = "pgkeep:deployment";

/**
 * Manual snapshots of a Region and an account, unless AWS raises it; automated ones do not count.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
 */
export const MOST_MANUAL_SNAPSHOTS = 100;
/** What a tag's value and a resource's name take, and leaves room for the rest of the identifier. */
export const LONGEST_DEPLOYMENT_KEY = 128;

/** What is wrong with the key of a deployment, or nothing. */
export function deploymentKeyProblem(key: string): string | undefined {
  if (key === "") return "this is empty";
  if (key.length > LONGEST_DEPLOYMENT_KEY) return `this is longer than ${LONGEST_DEPLOYMENT_KEY} characters`;
  if (!/^[A-Za-z0-9._/-]+$/.test(key)) return "this holds characters that names and tags of AWS do not take";
  return /[A-Za-z0-9]/.test(key) ? undefined : "this holds neither a letter nor a digit";
}

/**
 * The identifier of an instance's snapshot before a deployment: it begins with a letter, as each instance's identifier does, holds lower-case
 * letters (RDS stores no others, and a difference would replace the snapshot), digits and single hyphens, and ends with the suffix.
 */
export function deploymentSnapshotIdentifier(instance: string, key: string, suffix: string): string {
  const readable = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${instance}-pre-deploy-${readable}-${suffix}`;
}
