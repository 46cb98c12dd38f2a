import { changedSinceListed } from "../changedSinceListed.js";
import { isObjectKey } from "../objectKey.js";
import type { HiddenObject, Removal } from "../Store.js";
import type { GcsBucket, GcsObject } from "./GcsBucket.js";
import { GcsRefusal, statusOf } from "./GcsRefusal.js";
import { gcsProblem, missingGcsRight } from "./gcsProblem.js";

const LOCKS = "retentionExpirationTime,temporaryHold,eventBasedHold,retention";
const VERSION = `name,size,generation,timeCreated,timeDeleted,${LOCKS}`;

/**
 * Removes every generation of an object by its number, the one in sight last, so that a generation which is kept leaves what is in sight as it
 * is. A bucket with soft delete keeps what was removed for its days all the same; that is the bucket's own promise.
 */
export async function removeFromGcs(bucket: GcsBucket, key: string): Promise<Removal> {
  const versions = await versionsOf(bucket, key);
  if (versions.length === 0) return { kind: "absent" };
  const inSight = versions.filter(({ timeDeleted }) => timeDeleted === undefined);
  const hidden = versions.filter(({ timeDeleted }) => timeDeleted !== undefined);
  for (const version of [...hidden, ...inSight]) {
    const kept = await removeGeneration(bucket, key, version);
    if (kept) return kept;
  }
  return { kind: "removed" };
}

async function versionsOf(bucket: GcsBucket, key: string): Promise<GcsObject[]> {
  const found: GcsObject[] = [];
  try {
    for await (const version of bucket.list(key, VERSION, { versions: "true" })) {
      if (version.name !== bucket.nameOf(key)) break;
      found.push(version);
    }
  } catch (error) {
    throw gcsProblem(error, bucket.url(key));
  }
  return found;
}

async function removeGeneration(bucket: GcsBucket, key: string, version: GcsObject): Promise<Removal | undefined> {
  const { generation } = version;
  try {
    const path = bucket.object(key, generation === undefined ? {} : { generation });
    await bucket.client.send({ method: "DELETE", path });
    return undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    if (!(error instanceof GcsRefusal) || error.status !== 403) throw gcsProblem(error, bucket.url(key));
    const kept = lockOf(version, error);
    if (kept) return { kind: "kept", ...kept };
    throw missingGcsRight(error, bucket.url(key), "storage.objects.delete", "nothing can be removed without it");
  }
}

/** Why Google lets a version not go: https://cloud.google.com/storage/docs/json_api/v1/status-codes#403-forbidden */
function lockOf(version: GcsObject, refusal: GcsRefusal): { until: Date | undefined; reason: string } | undefined {
  const times = [version.retentionExpirationTime, version.retention?.retainUntilTime].filter((time) => time !== undefined);
  const until = times.map((time) => new Date(time)).sort((a, b) => b.getTime() - a.getTime())[0];
  if (refusal.reason === "objectUnderActiveHold" || version.temporaryHold === true || version.eventBasedHold === true) {
    return { until: undefined, reason: `a ${version.eventBasedHold === true ? "event-based" : "temporary"} hold lies on it` };
  }
  if (refusal.reason === "retentionPolicyNotMet" || (until && until.getTime() > Date.now())) {
    return { until, reason: "the bucket's retention keeps it" };
  }
  return undefined;
}

const SOFT_DELETED = "soft-deleted:";

/** Objects of which no generation is in sight any more, and those that were deleted softly. */
export async function* hiddenInGcs(bucket: GcsBucket, prefix: string): AsyncGenerator<HiddenObject> {
  const inSight = new Set<string>();
  const hidden = new Map<string, HiddenObject>();
  try {
    for await (const version of bucket.list(prefix, VERSION, { versions: "true" })) {
      if (version.timeDeleted === undefined) inSight.add(version.name);
      else keepNewest(hidden, bucket, version, version.timeDeleted, "");
    }
    for await (const version of softDeleted(bucket, prefix)) {
      if (version.softDeleteTime !== undefined) keepNewest(hidden, bucket, version, version.softDeleteTime, SOFT_DELETED);
    }
  } catch (error) {
    throw gcsProblem(error, bucket.url(prefix));
  }
  const names = [...hidden.keys()].filter((name) => !inSight.has(name)).sort();
  for (const name of names) {
    const found = hidden.get(name);
    if (found && isObjectKey(found.key)) yield found;
  }
}

/** A bucket without soft delete refuses the question. */
async function* softDeleted(bucket: GcsBucket, prefix: string): AsyncGenerator<GcsObject> {
  try {
    yield* bucket.list(prefix, "name,size,generation,timeCreated,softDeleteTime", { softDeleted: "true" });
  } catch (error) {
    if (statusOf(error) !== 400 && statusOf(error) !== 412) throw error;
  }
}

function keepNewest(hidden: Map<string, HiddenObject>, bucket: GcsBucket, found: GcsObject, hiddenAt: string, kind: string): void {
  const at = new Date(hiddenAt);
  const known = hidden.get(found.name);
  if (known && known.hiddenAt > at) return;
  hidden.set(found.name, {
    key: found.name.slice(bucket.prefix.length),
    bytes: Number(found.size ?? 0),
    modifiedAt: new Date(found.timeCreated ?? 0),
    hiddenAt: at,
    version: `${kind}${found.generation ?? ""}`,
  });
}

/** Brings the very generation back that was listed: a soft-deleted one by restoring it, another by copying it onto its own name. Create-only. */
export async function unhideInGcs(bucket: GcsBucket, { key, version }: HiddenObject): Promise<void> {
  try {
    if (version.startsWith(SOFT_DELETED)) {
      const generation = version.slice(SOFT_DELETED.length);
      const path = bucket.object(key, { generation, ifGenerationMatch: "0" }).replace("?", "/restore?");
      await bucket.client.send({ method: "POST", path });
      return;
    }
    await rewrite(bucket, key, version);
  } catch (error) {
    // Somebody brought it back already, or the answer to our own request was lost.
    if (statusOf(error) === 412) return;
    if (statusOf(error) === 404) throw changedSinceListed(bucket.url(key), version);
    if (statusOf(error) === 403) {
      throw missingGcsRight(error, bucket.url(key), "storage.objects.create and storage.objects.restore", "bringing back needs it");
    }
    throw gcsProblem(error, bucket.url(key));
  }
}

/** A large object is copied in several steps, each of which tells how to go on. */
async function rewrite(bucket: GcsBucket, key: string, sourceGeneration: string): Promise<void> {
  let rewriteToken: string | undefined;
  do {
    const query = { sourceGeneration, ifGenerationMatch: "0", ...(rewriteToken === undefined ? {} : { rewriteToken }) };
    const { text } = await bucket.client.send({ method: "POST", path: bucket.rewrite(key, query) });
    const answer = JSON.parse(text) as { done?: boolean; rewriteToken?: string };
    rewriteToken = answer.done === true ? undefined : answer.rewriteToken;
  } while (rewriteToken !== undefined);
}
