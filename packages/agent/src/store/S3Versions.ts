import { DeleteObjectCommand, ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { isObjectKey } from "./objectKey.js";
import type { S3Bucket } from "./S3Bucket.js";
import type { HiddenObject } from "./Store.js";
import { s3Problem } from "./s3Problem.js";
import { isForbidden, missingRight } from "./s3Rights.js";

/** One version of an object, or a delete marker before it. */
export interface ObjectVersion {
  /** `null` where the bucket kept no versions when it was written. */
  id: string;
  isMarker: boolean;
  isLatest: boolean;
  bytes: number;
  modifiedAt: Date;
}

/** Versions and delete markers of one key, the newest of either kind first. */
export interface VersionedKey {
  key: string;
  versions: ObjectVersion[];
  markers: ObjectVersion[];
}

/** All keys below a prefix with all their versions, in the order of the keys. Throws an error of the name NotImplemented where the server knows no versions. */
export async function* listVersions(bucket: S3Bucket, prefix: string): AsyncGenerator<VersionedKey> {
  let open: VersionedKey | undefined;
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await pageOf(bucket, prefix, page);
    const found = new Map<string, VersionedKey>();
    const of = (Key: string) => {
      const known = found.get(Key) ?? { key: Key.slice(bucket.prefix.length), versions: [], markers: [] };
      found.set(Key, known);
      return known;
    };
    for (const { Key = "", VersionId = "null", IsLatest, Size = 0, LastModified } of page.Versions ?? []) {
      of(Key).versions.push(versionOf(VersionId, IsLatest, false, Size, LastModified));
    }
    for (const { Key = "", VersionId = "null", IsLatest, LastModified } of page.DeleteMarkers ?? []) {
      of(Key).markers.push(versionOf(VersionId, IsLatest, true, 0, LastModified));
    }
    for (const next of [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
      // A page may end among the versions of one key.
      if (open?.key === next.key) {
        open.versions.push(...next.versions);
        open.markers.push(...next.markers);
        continue;
      }
      if (open && isObjectKey(open.key)) yield open;
      open = next;
    }
  } while (page.IsTruncated === true && page.NextKeyMarker !== undefined);
  if (open && isObjectKey(open.key)) yield open;
}

function versionOf(id: string, isLatest: boolean | undefined, isMarker: boolean, bytes: number, modifiedAt = new Date(0)): ObjectVersion {
  return { id, isMarker, isLatest: isLatest === true, bytes, modifiedAt };
}

async function pageOf(bucket: S3Bucket, prefix: string, last: ListObjectVersionsCommandOutput | undefined) {
  const command = new ListObjectVersionsCommand({
    Bucket: bucket.name,
    Prefix: `${bucket.prefix}${prefix}`,
    ...(last?.NextKeyMarker === undefined ? {} : { KeyMarker: last.NextKeyMarker }),
    ...(last?.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: last.NextVersionIdMarker }),
  });
  try {
    return await bucket.client.send(command);
  } catch (error) {
    if ((error as Error).name === "NotImplemented") throw error;
    if (isForbidden(error)) {
      throw missingRight(error, bucket.url(prefix), "s3:ListBucketVersions", "without it a DELETE might only hide what lies there");
    }
    throw s3Problem(error, bucket.url(prefix));
  }
}

/** The versions of one key; undefined where there are none. */
export async function versionsOf(bucket: S3Bucket, key: string): Promise<VersionedKey | undefined> {
  for await (const found of listVersions(bucket, key)) {
    if (found.key === key) return found;
    if (found.key > key) return undefined;
  }
  return undefined;
}

/** Objects behind a delete marker. */
export async function* hiddenObjects(bucket: S3Bucket, prefix: string): AsyncGenerator<HiddenObject> {
  try {
    for await (const { key, versions, markers } of listVersions(bucket, prefix)) {
      const [newest] = versions;
      const marker = markers.find(({ isLatest }) => isLatest);
      if (!newest || !marker) continue;
      yield { key, bytes: newest.bytes, modifiedAt: newest.modifiedAt, hiddenAt: marker.modifiedAt, version: newest.id };
    }
  } catch (error) {
    // A server that knows no versions hides nothing.
    if ((error as Error).name !== "NotImplemented") throw error;
  }
}

/** Removes the delete markers before an object, the oldest first, so that the last step is the one that brings it into sight. */
export async function unhideObject(bucket: S3Bucket, { key, version }: HiddenObject): Promise<void> {
  const found = await versionsOf(bucket, key);
  const newest = found?.versions[0];
  if (newest?.id !== version) {
    throw new ProblemError(ExitCode.TryAgain, {
      where: bucket.url(key),
      reason: "what is hidden there changed since it was listed: somebody removed it for good, or wrote the name anew",
      received: `version ${newest?.id ?? "none"}`,
      allowed: `version ${version}`,
      next: "list again what is hidden",
    });
  }
  for (const marker of found?.markers.toReversed() ?? []) {
    try {
      await bucket.client.send(new DeleteObjectCommand({ ...bucket.object(key), VersionId: marker.id }));
    } catch (error) {
      if (isForbidden(error)) {
        throw missingRight(
          error,
          bucket.url(key),
          "s3:DeleteObjectVersion",
          "a hidden object comes back when its delete marker is removed",
        );
      }
      throw s3Problem(error, bucket.url(key));
    }
  }
}
