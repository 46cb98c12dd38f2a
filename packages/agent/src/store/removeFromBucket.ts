import type { ListMultipartUploadsCommandOutput } from "@aws-sdk/client-s3";
import { AbortMultipartUploadCommand, DeleteObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { isObjectKey } from "./objectKey.js";
import { lockOf } from "./objectLock.js";
import type { S3Bucket } from "./S3Bucket.js";
import { type ObjectVersion, versionsOf } from "./S3Versions.js";
import type { Removal } from "./Store.js";
import { s3Problem, statusOf } from "./s3Problem.js";
import { isForbidden, missingRight } from "./s3Rights.js";

/**
 * Removes an object for good: the older versions first, then the one in sight, then the delete markers, so that on the way nothing comes back
 * into sight and a version that is locked leaves what is in sight as it is.
 */
export async function removeFromBucket(bucket: S3Bucket, key: string): Promise<Removal> {
  const found = await versionsOf(bucket, key).catch((error: unknown) => {
    if ((error as Error).name === "NotImplemented") return "unversioned" as const;
    throw error;
  });
  if (found === "unversioned") return await removePlainly(bucket, key);
  if (!found) return { kind: "absent" };
  const [sole] = found.versions;
  if (sole?.id === "null" && found.versions.length === 1 && found.markers.length === 0) return await removePlainly(bucket, key, "null");
  for (const version of [...found.versions.toReversed(), ...found.markers.toReversed()]) {
    const kept = await removeVersion(bucket, key, version);
    if (kept) return kept;
  }
  return { kind: "removed" };
}

async function removeVersion(bucket: S3Bucket, key: string, version: ObjectVersion): Promise<Removal | undefined> {
  try {
    await bucket.client.send(new DeleteObjectCommand({ ...bucket.object(key), VersionId: version.id }));
    return undefined;
  } catch (error) {
    if ((error as Error).name === "NoSuchVersion") return undefined;
    if (!isForbidden(error)) throw s3Problem(error, bucket.url(key));
    const lock = await lockOf(bucket, key, version, error);
    if (lock) return { kind: "kept", ...lock };
    throw missingRight(error, bucket.url(key), "s3:DeleteObjectVersion", "what is deleted without naming its version is only hidden");
  }
}

/**
 * Where the bucket keeps no versions a plain DELETE removes for good. Its answer does not tell whether there was anything: that is asked for where no
 * listing told, which takes the right to read the object. A version that was listed is there.
 */
async function removePlainly(bucket: S3Bucket, key: string, version?: string): Promise<Removal> {
  try {
    if (version === undefined) await bucket.client.send(new HeadObjectCommand(bucket.object(key)));
    await bucket.client.send(new DeleteObjectCommand({ ...bucket.object(key), ...(version === undefined ? {} : { VersionId: version }) }));
    return { kind: "removed" };
  } catch (error) {
    if (statusOf(error) === 404) return { kind: "absent" };
    if (isForbidden(error)) throw missingRight(error, bucket.url(key), "s3:DeleteObject", "nothing can be removed without it");
    throw s3Problem(error, bucket.url(key));
  }
}

/** Aborts unfinished uploads that began before a time, of names that a recovery point's objects have and no others: a bucket may be shared. */
export async function abortUploads(bucket: S3Bucket, prefix: string, before: Date): Promise<number> {
  let aborted = 0;
  let page: ListMultipartUploadsCommandOutput | undefined;
  do {
    page = await uploadsPage(bucket, prefix, page);
    for (const { Key = "", UploadId, Initiated } of page.Uploads ?? []) {
      const key = Key.slice(bucket.prefix.length);
      if (!isObjectKey(key) || !OBJECT_OF_A_POINT.test(key) || !Initiated || Initiated >= before) continue;
      if (await abortUpload(bucket, key, UploadId)) aborted += 1;
    }
  } while (page.IsTruncated === true && page.NextKeyMarker !== undefined);
  return aborted;
}

const OBJECT_OF_A_POINT = /^[^/]+\/points\/\d{8}T\d{6}Z-[a-z0-9]{8}\/[^/]+\/[^/]+$/;

async function uploadsPage(bucket: S3Bucket, prefix: string, last: ListMultipartUploadsCommandOutput | undefined) {
  try {
    return await bucket.client.send(
      new ListMultipartUploadsCommand({
        Bucket: bucket.name,
        Prefix: `${bucket.prefix}${prefix}`,
        ...(last?.NextKeyMarker === undefined ? {} : { KeyMarker: last.NextKeyMarker }),
        ...(last?.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: last.NextUploadIdMarker }),
      }),
    );
  } catch (error) {
    if (isForbidden(error)) {
      throw missingRight(error, bucket.url(prefix), "s3:ListBucketMultipartUploads", "unfinished uploads are invisible and take room");
    }
    throw s3Problem(error, bucket.url(prefix));
  }
}

async function abortUpload(bucket: S3Bucket, key: string, uploadId: string | undefined): Promise<boolean> {
  try {
    await bucket.client.send(new AbortMultipartUploadCommand({ ...bucket.object(key), UploadId: uploadId }));
    return true;
  } catch (error) {
    if ((error as Error).name === "NoSuchUpload") return false;
    if (isForbidden(error))
      throw missingRight(error, bucket.url(key), "s3:AbortMultipartUpload", "it removes what an unfinished upload left");
    throw s3Problem(error, bucket.url(key));
  }
}
