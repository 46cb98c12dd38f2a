import type { ClassExpiry } from "@pgkeep/core";

/** For example `daily 30 d, weekly 364 d`; classes that live no longer than the one below them are left out. */
export function expiryText(expiry: readonly ClassExpiry[]): string {
  return expiry
    .filter(({ expireAfterDays }, index) => expireAfterDays !== expiry[index - 1]?.expireAfterDays)
    .map(({ retentionClass, expireAfterDays }) => `${retentionClass} ${expireAfterDays} d`)
    .join(", ");
}
