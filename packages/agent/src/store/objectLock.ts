import { GetObjectLegalHoldCommand, GetObjectRetentionCommand } from "@aws-sdk/client-s3";
import type { S3Bucket } from "./S3Bucket.js";
import { isForbidden } from "./s3Rights.js";

/** Why a version cannot be removed yet. */
export interface ObjectLock {
  until: Date | undefined;
  reason: string;
}

/** What some servers say of a lock in the refusal itself, AWS among them. */
const WORDS_OF_A_LOCK = /object lock|worm|legal hold|retention|retain/i;

/**
 * The lock that made a server refuse to remove a version; undefined where there is none, so that a right is missing. Where asking for the lock is
 * not allowed either, the words of the refusal decide.
 */
export async function lockOf(bucket: S3Bucket, key: string, version: string, refusal: unknown): Promise<ObjectLock | undefined> {
  const place = { ...bucket.object(key), VersionId: version };
  const [retention, hold] = await Promise.allSettled([
    bucket.client.send(new GetObjectRetentionCommand(place)),
    bucket.client.send(new GetObjectLegalHoldCommand(place)),
  ]);
  if (hold.status === "fulfilled" && hold.value.LegalHold?.Status === "ON") {
    return { until: undefined, reason: "a legal hold lies on it, until somebody lifts it" };
  }
  const { Mode, RetainUntilDate } = (retention.status === "fulfilled" ? retention.value.Retention : undefined) ?? {};
  if (RetainUntilDate && RetainUntilDate.getTime() > Date.now()) {
    return { until: RetainUntilDate, reason: `Object Lock in ${Mode?.toLowerCase() ?? "an unknown"} mode` };
  }
  const unasked = [retention, hold].some((answer) => answer.status === "rejected" && isForbidden(answer.reason));
  if (unasked && WORDS_OF_A_LOCK.test((refusal as Error).message)) {
    return {
      until: undefined,
      reason: "Object Lock; until when is not known without the rights s3:GetObjectRetention and s3:GetObjectLegalHold",
    };
  }
  return undefined;
}
