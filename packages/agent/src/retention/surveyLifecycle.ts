import {
  type AgentConfig,
  type ClassExpiry,
  lifecycleExpiry,
  lifecycleExpiryTime,
  type RetentionClass,
  type RetentionPolicy,
  type RetentionRules,
  retentionRules,
  type StoreLayout,
} from "@pgkeep/core";
import { readHistory } from "../manifest/history.js";
import type { Store } from "../store/Store.js";
import { readManifests } from "./readableManifests.js";

/** What S3 makes of one recovery point. */
export interface ExpiringRecoveryPoint {
  id: string;
  /** Of everything that its attempts wrote. */
  bytes: number;
  /** Null where its manifest tells none: it was written while the agent enforced retention, or cannot be read. */
  retentionClass: RetentionClass | null;
  /** When S3 expires the manifest, two days later at the latest; null where it has no class, and S3 expires it never. */
  expiresAt: Date | null;
}

/** What there is in a bucket whose lifecycle enforces a policy. */
export interface LifecycleSurvey {
  rules: RetentionRules;
  expiry: ClassExpiry[];
  /** Oldest first. */
  points: ExpiringRecoveryPoint[];
}

interface SurveyedBucket {
  config: Pick<AgentConfig, "signing">;
  policy: RetentionPolicy;
  store: Store;
  layout: StoreLayout;
}

/** Reads what there is, and tells when S3 expires it by the rules that the policy asks for. Whether the bucket has them `pgkeep doctor` tells. */
export async function surveyLifecycle({ config, policy, store, layout }: SurveyedBucket): Promise<LifecycleSurvey> {
  const rules = retentionRules(policy);
  const expiry = lifecycleExpiry(rules);
  const { recoveryPoints } = await readHistory(store, layout);
  const ids = recoveryPoints.map(({ id }) => id);
  const readings = await readManifests(store, layout, ids, config.signing?.publicKeys ?? []);
  const points = recoveryPoints.map(({ id, bytes, committedAt }): ExpiringRecoveryPoint => {
    const reading = readings.get(id);
    const retentionClass = reading && "retentionClass" in reading ? reading.retentionClass : null;
    const days = expiry.find((each) => each.retentionClass === retentionClass)?.expireAfterDays;
    return { id, bytes, retentionClass, expiresAt: days === undefined ? null : lifecycleExpiryTime(committedAt, days) };
  });
  return { rules, expiry, points };
}
