import {
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
} from "@aws-sdk/client-s3";
import type { S3Bucket } from "./S3Bucket.js";
import type { ObjectVersion } from "./S3Versions.js";

/** Why a version cannot be removed yet. */
export interface ObjectLock {
  until: Date | undefined;
  reason: string;
}

/** What servers say of a lock in the refusal itself, AWS among them. */
const WORDS_OF_A_LOCK = /object lock|worm|legal hold/i;
const DAY_MILLISECONDS = 86_400_000;

/**
 * The lock that made a server refuse to remove a version; undefined where there is none, so that a right is missing. Where asking for the lock is
 * not allowed, or a server applies the bucket's default without writing it to the object (versitygw), the words of the refusal decide.
 */
export async function lockOf(bucket: S3Bucket, key: string, version: ObjectVersion, refusal: unknown): Promise<ObjectLock | undefined> {
  const place = { ...bucket.object(key), VersionId: version.id };
  const [retention, hold, head] = await Promise.all([
    bucket.client.send(new GetObjectRetentionCommand(place)).then(({ Retention }) => Retention, nothing),
    bucket.client.send(new GetObjectLegalHoldCommand(place)).then(({ LegalHold }) => LegalHold, nothing),
    // Tells both to whoever may ask, and where a server answers the questions above in a form that nobody reads (moto 5.2).
    bucket.client.send(new HeadObjectCommand(place)).catch(nothing),
  ]);
  if (hold?.Status === "ON" || head?.ObjectLockLegalHoldStatus === "ON")
    return { until: undefined, reason: "a legal hold lies on it, until somebody lifts it" };
  const until = retention?.RetainUntilDate ?? head?.ObjectLockRetainUntilDate;
  if (until && until.getTime() > Date.now()) return lock(retention?.Mode ?? head?.ObjectLockMode, until);
  if (!WORDS_OF_A_LOCK.test((refusal as Error).message)) return undefined;
  return (
    (await bucketsDefault(bucket, version.modifiedAt)) ?? {
      until: undefined,
      reason: "Object Lock; these credentials may not ask until when",
    }
  );
}

/** What the bucket's default says of an object that was written at a time. */
async function bucketsDefault(bucket: S3Bucket, writtenAt: Date): Promise<ObjectLock | undefined> {
  const found = await bucket.client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket.name })).catch(nothing);
  const { Mode, Days, Years } = found?.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
  const until = new Date(writtenAt.getTime() + (Days ?? (Years ?? 0) * 365) * DAY_MILLISECONDS);
  return until.getTime() > Date.now() ? lock(Mode, until) : undefined;
}

function lock(mode: string | undefined, until: Date): ObjectLock {
  return { until, reason: `Object Lock in ${mode?.toLowerCase() ?? "an unknown"} mode` };
}

/** Not there, or these credentials may not ask. */
function nothing(): undefined {
  return undefined;
}
