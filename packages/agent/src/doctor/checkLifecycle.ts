import {
  bucketExpiryProblems,
  ExitCode,
  LIFECYCLE_LOST_GUARDS,
  lifecycleExpiry,
  ProblemError,
  retentionRules,
  type StoreLayout,
} from "@pgkeep/core";
import { expiryText } from "../retention/expiryText.js";
import { readExpiryRules } from "../store/bucketLifecycle.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";

/** That the rules of the bucket expire what the policy means, where they are to enforce it; it tells which guards are lost by that. */
export function checkLifecycle({ config, environment }: Examination, layout: StoreLayout): Promise<Diagnosis> {
  return diagnose("retention by S3", async () => {
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
    const problems = bucketExpiryProblems(rules, expiry, `${keyPrefix(config.store.url)}${layout.points.replace(/points\/$/, "")}`);
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
    return [`the bucket's rules enforce the policy: ${expiryText(expiry)}`, ...LIFECYCLE_LOST_GUARDS];
  });
}

/** Empty, or ending in a slash. */
function keyPrefix(url: string): string {
  const path = /^s3:\/\/[^/]+\/?(.*)$/i.exec(url)?.[1]?.replace(/\/+$/, "") ?? "";
  return path === "" ? "" : `${path}/`;
}
