import type { z } from "zod";
import { refuse } from "../refuse.js";
import { storeKindOf } from "../storeUrl.js";
import { RetentionEnforcer } from "./retentionRules.js";

/** Refuses to leave retention to the lifecycle of a store that has none which goes by object tags. */
export function assertLifecycleOfBucket(
  { store, retention }: { store: { url: string }; retention?: { enforcedBy: RetentionEnforcer } | undefined },
  context: z.core.$RefinementCtx,
): void {
  const kind = storeKindOf(store.url);
  if (retention?.enforcedBy !== RetentionEnforcer.Lifecycle || kind === undefined || kind === "s3") return;
  refuse(context, { ...REASONS[kind], allowed: `${RetentionEnforcer.Agent} with this store` }, ["retention", "enforcedBy"]);
}

const next = "leave retention to the agent (enforcedBy: agent), or use a bucket of S3";
const REASONS = {
  file: { reason: "a folder has no lifecycle: nothing would ever be removed", next },
  // https://cloud.google.com/storage/docs/lifecycle#conditions
  gs: {
    reason: "the lifecycle of Google Cloud Storage knows no object tags, so it cannot tell a daily recovery point from a weekly one",
    next,
  },
  azblob: { reason: "pgkeep writes classes as object tags of S3 only; the index tags of Azure were not tried", next },
};
