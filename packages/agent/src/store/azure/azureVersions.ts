import type { BlobItem, ContainerListBlobsOptions } from "@azure/storage-blob";
import { changedSinceListed } from "../changedSinceListed.js";
import { isObjectKey } from "../objectKey.js";
import type { HiddenObject, Removal } from "../Store.js";
import type { AzureContainer } from "./AzureContainer.js";
import { errorCodeOf, statusOf } from "./azureErrors.js";
import { azureProblem, missingAzureRight } from "./azureProblem.js";

const SOFT_DELETED = "soft-deleted";

/**
 * Removes an object with its snapshots and every version of it. Whatever is locked is looked for first, since Azure would let the one in sight become an
 * older version, which only hides it. An account with soft delete keeps what was removed for its days all the same.
 */
export async function removeFromAzure(container: AzureContainer, key: string): Promise<Removal> {
  const found = await itemsOf(container, key);
  const inSight = found.find(isInSight);
  if (found.length === 0) return { kind: "absent" };
  for (const item of found) {
    const kept = lockOf(item);
    if (kept) return { kind: "kept", ...kept };
  }
  const versions = found.flatMap(({ versionId }) => (versionId === undefined ? [] : [versionId]));
  const older = versions.filter((version) => version !== inSight?.versionId);
  const steps = [
    ...older.map((version) => () => container.blob(key).withVersion(version).delete()),
    ...(inSight ? [() => container.blob(key).delete({ deleteSnapshots: "include" })] : []),
    // It has become an older version by now.
    ...versions
      .filter((version) => version === inSight?.versionId)
      .map((version) => () => container.blob(key).withVersion(version).delete()),
  ];
  for (const step of steps) {
    const kept = await removed(container, key, step);
    if (kept) return kept;
  }
  return { kind: "removed" };
}

async function removed(container: AzureContainer, key: string, step: () => Promise<unknown>): Promise<Removal | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    const code = errorCodeOf(error);
    if (code === "BlobImmutableDueToPolicy") {
      return { kind: "kept", until: undefined, reason: "an immutability policy or a legal hold of the container keeps it" };
    }
    if (statusOf(error) === 403) {
      throw missingAzureRight(
        error,
        container.url(key),
        "deleting blobs and their versions (the rights d and x)",
        "nothing can be removed",
      );
    }
    throw azureProblem(error, container.url(key));
  }
}

function lockOf({ properties }: BlobItem): { until: Date | undefined; reason: string } | undefined {
  if (properties.legalHold === true) return { until: undefined, reason: "a legal hold lies on it" };
  const until = properties.immutabilityPolicyExpiresOn;
  return until && until.getTime() > Date.now() ? { until, reason: "its immutability policy keeps it" } : undefined;
}

/** Everything that bears the name of a key and was not deleted. Asks for locks and versions only as far as the account knows them. */
async function itemsOf(container: AzureContainer, key: string): Promise<BlobItem[]> {
  const found: BlobItem[] = [];
  for await (const item of listed(container, key, { includeVersions: true, includeImmutabilityPolicy: true, includeLegalHold: true })) {
    if (item.name !== container.nameOf(key)) break;
    if (item.deleted !== true) found.push(item);
  }
  return found;
}

function isInSight({ deleted, snapshot, versionId, isCurrentVersion }: BlobItem): boolean {
  return deleted !== true && !snapshot && (versionId === undefined || isCurrentVersion === true);
}

async function* listed(container: AzureContainer, prefix: string, include: ContainerListBlobsOptions): AsyncGenerator<BlobItem> {
  const options = { prefix: container.nameOf(prefix) };
  let page = container.client.listBlobsFlat({ ...options, ...include })[Symbol.asyncIterator]();
  let isFirst = true;
  while (true) {
    try {
      const next = await page.next();
      if (next.done === true) return;
      isFirst = false;
      yield next.value;
    } catch (error) {
      // An account that knows none of it, such as one with a hierarchical namespace, refuses the question.
      const isUnknown = ["FeatureNotSupportedByAccount", "InvalidQueryParameterValue", "UnsupportedQueryParameter"];
      if (!isFirst || !isUnknown.includes(errorCodeOf(error) ?? "")) throw azureProblem(error, container.url(prefix));
      isFirst = false;
      page = container.client.listBlobsFlat(options)[Symbol.asyncIterator]();
    }
  }
}

/** Objects that have older versions and none in sight, and those that were deleted softly. */
export async function* hiddenInAzure(container: AzureContainer, prefix: string): AsyncGenerator<HiddenObject> {
  const inSight = new Set<string>();
  const hidden = new Map<string, HiddenObject>();
  const include = { includeVersions: true, includeDeleted: true };
  for await (const item of listed(container, prefix, include)) {
    if (isInSight(item)) inSight.add(item.name);
    else if (!item.snapshot) keepNewest(hidden, container, item);
  }
  for (const name of [...hidden.keys()].filter((name) => !inSight.has(name)).sort()) {
    const found = hidden.get(name);
    if (found && isObjectKey(found.key)) yield found;
  }
}

/** When a version stopped being in sight Azure does not tell, only when it was made. */
function keepNewest(hidden: Map<string, HiddenObject>, container: AzureContainer, item: BlobItem): void {
  const { createdOn, lastModified, deletedOn, contentLength = 0 } = item.properties;
  const known = hidden.get(item.name);
  if (known && known.modifiedAt > lastModified) return;
  hidden.set(item.name, {
    key: item.name.slice(container.prefix.length),
    bytes: contentLength,
    modifiedAt: createdOn ?? lastModified,
    hiddenAt: deletedOn ?? lastModified,
    version: item.deleted === true ? `${SOFT_DELETED}${item.versionId === undefined ? "" : `:${item.versionId}`}` : (item.versionId ?? ""),
  });
}

/** Brings the very version back that was listed, by copying it onto its own name, after it was undeleted where it was deleted softly. Create-only. */
export async function unhideInAzure(container: AzureContainer, { key, version }: HiddenObject): Promise<void> {
  const blob = container.blob(key);
  const isSoftDeleted = version.startsWith(SOFT_DELETED);
  const versionId = isSoftDeleted ? version.slice(SOFT_DELETED.length + 1) : version;
  try {
    if (isSoftDeleted) await blob.undelete();
    if (versionId === "") return;
    const copying = await blob.beginCopyFromURL(blob.withVersion(versionId).url, { conditions: { ifNoneMatch: "*" } });
    await copying.pollUntilDone();
  } catch (error) {
    // Somebody brought it back already, or the answer to our own request was lost.
    if (["BlobAlreadyExists", "ConditionNotMet", "TargetConditionNotMet"].includes(errorCodeOf(error) ?? "")) return;
    if (statusOf(error) === 404) throw changedSinceListed(container.url(key), version);
    if (statusOf(error) === 403) {
      throw missingAzureRight(error, container.url(key), "writing blobs (the right w)", "what is hidden comes back by being written");
    }
    throw azureProblem(error, container.url(key));
  }
}
