import {
  bucketExpiryProblems,
  ExitCode,
  LIFECYCLE_LOST_GUARDS,
  lifecycleExpiry,
  ProblemError,
  RETENTION_CLASS_TAG,
  retentionRules,
  type StoreLayout,
} from "@pgkeep/core";
import { readManifest } from "../manifest/readManifest.js";
import { listedIds } from "../records/listedIds.js";
import { expiryText } from "../retention/expiryText.js";
import { keyPrefixOf, readExpiryRules, readTags } from "../store/bucketLifecycle.js";
import type { Store } from "../store/Store.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/**
 * That the rules of the bucket expire what the policy means, where they are to enforce it, and that the tags they go by arrive there; it tells which
 * guards are lost by that.
 */
export function checkLifecycle(examination: Examination, store: Store, layout: StoreLayout): Promise<Diagnosis> {
  return diagnose("retention by S3", async () => {
    const { config, environment } = examination;
    if (!config.retention) throw new Error("there is no policy to enforce");
    const expiry = lifecycleExpiry(retentionRules(config.retention));
    const rules = await readExpiryRules(config.store, environment);
    if (rules === undefined) {
      throw new ProblemError(ExitCode.CouldNotVerify, {
        where: config.store.url,
        reason: "these credentials may not read the bucket's lifecycle rules, so nobody here knows whether anything expires, or too early",
        next: `allow s3:GetLifecycleConfiguration to whoever runs doctor, or look at the rules yourself: ${expiryText(expiry)}`,
      });
    }
    const cluster = layout.points.replace(/points\/$/, "");
    const problems = bucketExpiryProblems(rules, expiry, `${keyPrefixOf(config.store)}${cluster}`);
    if (problems.length > 0) {
      throw new ProblemError(
        ExitCode.Configuration,
        problems.map((reason) => ({
          where: config.store.url,
          reason,
          next: "give the bucket the rules that docs/retention.md names, as BackupBucket does, for the policy that is configured here",
        })),
      );
    }
    const tags = await tagsOfNewest(examination, store, layout);
    return [`the bucket's rules enforce the policy: ${expiryText(expiry)}`, tags, ...LIFECYCLE_LOST_GUARDS];
  });
}

/** Some servers that speak S3 take tags and drop them. */
async function tagsOfNewest({ config, environment }: Examination, store: Store, layout: StoreLayout): Promise<string> {
  const id = [...(await listedIds(store, layout.manifests)).keys()].toSorted().at(-1);
  if (id === undefined) return "no recovery point yet, whose tags could be looked at";
  const { retentionClass } = await readManifest(store, layout, id, config.signing?.publicKeys ?? []);
  if (retentionClass === undefined) return `the newest, ${id}, is of before and has no class: S3 expires it never`;
  const key = layout.manifest(id);
  const tags = await readTags(config.store, environment, key);
  if (tags === undefined) return "whether tags arrive was not seen: these credentials lack s3:GetObjectTagging";
  if (tags[RETENTION_CLASS_TAG] === retentionClass) return `the newest, ${id}, bears its class, ${retentionClass}`;
  throw new ProblemError(ExitCode.Configuration, {
    where: `${store.description}/${key}`,
    received: `${RETENTION_CLASS_TAG}=${tags[RETENTION_CLASS_TAG] ?? ""}`,
    allowed: `${RETENTION_CLASS_TAG}=${retentionClass}, as its manifest says`,
    reason:
      "the object does not bear the class that it was written with: the server drops tags, or somebody changed them, and S3 expires by what is there",
    next: "find out who may write tags (s3:PutObjectTagging) and deny it for what has one; with a server that drops them leave retention to the agent",
  });
}
