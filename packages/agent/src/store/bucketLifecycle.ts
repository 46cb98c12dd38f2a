import type { LifecycleRule } from "@aws-sdk/client-s3";
import type { AgentConfig, BucketExpiryRule } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import { s3Problem, statusOf } from "./s3Problem.js";
import { isForbidden } from "./s3Rights.js";

/** The expiring rules of the bucket of a store; undefined where these credentials may not read them. Empty where it has none. */
export async function readExpiryRules(config: AgentConfig["store"], environment: Environment): Promise<BucketExpiryRule[] | undefined> {
  const [{ GetBucketLifecycleConfigurationCommand }, { s3Client }] = await Promise.all([
    import("@aws-sdk/client-s3"),
    import("./s3Client.js"),
  ]);
  const client = s3Client(config, environment);
  try {
    const { Rules = [] } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucketOf(config) }));
    return Rules.flatMap(expiryRule);
  } catch (error) {
    if (statusOf(error) === 404 && (error as Error).name === "NoSuchLifecycleConfiguration") return [];
    if (isForbidden(error)) return undefined;
    throw s3Problem(error, `s3://${bucketOf(config)}`);
  } finally {
    client.destroy();
  }
}

function bucketOf({ url }: AgentConfig["store"]): string {
  return /^s3:\/\/([^/]+)/i.exec(url)?.[1] ?? "";
}

/** None for a rule that only tiers, expires noncurrent versions or delete markers, or aborts uploads. */
function expiryRule({ ID = "", Status, Filter, Prefix, Expiration }: LifecycleRule): BucketExpiryRule[] {
  if (Expiration?.Days === undefined && Expiration?.Date === undefined) return [];
  const { And } = Filter ?? {};
  const tags = [...(Filter?.Tag ? [Filter.Tag] : []), ...(And?.Tags ?? [])];
  const sizes = [Filter?.ObjectSizeGreaterThan, Filter?.ObjectSizeLessThan, And?.ObjectSizeGreaterThan, And?.ObjectSizeLessThan];
  return [
    {
      id: ID,
      enabled: Status === "Enabled",
      prefix: And?.Prefix ?? Filter?.Prefix ?? Prefix ?? "",
      tags: Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value])),
      bySize: sizes.some((size) => size !== undefined),
      days: Expiration.Days ?? 0,
    },
  ];
}
