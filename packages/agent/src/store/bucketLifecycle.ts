import type { LifecycleRule, S3Client } from "@aws-sdk/client-s3";
import type { AgentConfig, BucketExpiryRule } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import { s3Problem, statusOf } from "./s3Problem.js";
import { isForbidden } from "./s3Rights.js";

type StoreConfig = AgentConfig["store"];

/** The expiring rules of the bucket of a store; undefined where these credentials may not read them. Empty where it has none. */
export async function readExpiryRules(config: StoreConfig, environment: Environment): Promise<BucketExpiryRule[] | undefined> {
  const { GetBucketLifecycleConfigurationCommand } = await import("@aws-sdk/client-s3");
  return await asking(config, environment, async (client, { Bucket }) => {
    try {
      const { Rules = [] } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      return Rules.flatMap(expiryRule);
    } catch (error) {
      if (statusOf(error) === 404 && (error as Error).name === "NoSuchLifecycleConfiguration") return [];
      throw error;
    }
  });
}

/** The tags of an object in a store; undefined where these credentials may not read them. */
export async function readTags(config: StoreConfig, environment: Environment, key: string): Promise<Record<string, string> | undefined> {
  const { GetObjectTaggingCommand } = await import("@aws-sdk/client-s3");
  return await asking(config, environment, async (client, { Bucket, prefix }) => {
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: `${prefix}${key}` }));
    return Object.fromEntries(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
  });
}

/** What stands before all keys of a store in its bucket: empty, or ending in a slash. */
export function keyPrefixOf({ url }: StoreConfig): string {
  const path = /^s3:\/\/[^/]+\/?(.*)$/i.exec(url)?.[1]?.replace(/\/+$/, "") ?? "";
  return path === "" ? "" : `${path}/`;
}

async function asking<Answer>(
  config: StoreConfig,
  environment: Environment,
  ask: (client: S3Client, place: { Bucket: string; prefix: string }) => Promise<Answer>,
): Promise<Answer | undefined> {
  const { s3Client } = await import("./s3Client.js");
  const client = s3Client(config, environment);
  const Bucket = /^s3:\/\/([^/]+)/i.exec(config.url)?.[1] ?? "";
  try {
    return await ask(client, { Bucket, prefix: keyPrefixOf(config) });
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw s3Problem(error, `s3://${Bucket}`);
  } finally {
    client.destroy();
  }
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
