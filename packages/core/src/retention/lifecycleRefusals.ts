import type { Refusal } from "../refuse.js";
import { RetentionPreset, type WrittenPolicy } from "./retentionRules.js";

/** A setting of a policy that S3's lifecycle cannot enforce. */
export interface LifecycleRefusal extends Refusal {
  /** Relative to the policy. */
  path: string[];
}

/** What of a policy no lifecycle of S3 can enforce: it counts days from the creation of each object, and knows nothing else. Empty where it can. */
export function lifecycleRefusals(policy: WrittenPolicy & { afterBackup?: boolean | undefined }): LifecycleRefusal[] {
  const refusals: (LifecycleRefusal | false)[] = [
    policy.preset === RetentionPreset.Development && {
      path: ["preset"],
      reason: "S3 enforces retention here, and counts days, not recovery points: this preset keeps the last 3, however old they are",
      allowed: `${RetentionPreset.Staging}, ${RetentionPreset.Production}`,
      next: "write how many days they are to live, for example keepDaily: 3, or leave retention to the agent (enforcedBy: agent)",
    },
    policy.keepLast !== undefined && {
      path: ["keepLast"],
      reason: "S3 enforces retention here, and counts days, not recovery points",
      next: "remove it, and write how many days they are to live, for example keepDaily: 7, or leave retention to the agent (enforcedBy: agent)",
    },
    policy.minimum !== undefined && {
      path: ["minimum"],
      reason: "S3 enforces retention here, and expires the last recovery point too",
      next: "remove it, and watch the age of the newest one (objectives.rpo), or leave retention to the agent (enforcedBy: agent)",
    },
    policy.keepSuspicious !== undefined && {
      path: ["keepSuspicious"],
      reason:
        "S3 enforces retention here, and a suspicious recovery point goes with its class, which is written before anybody can suspect it",
      next: "remove it, or leave retention to the agent (enforcedBy: agent)",
    },
    policy.afterBackup === true && {
      path: ["afterBackup"],
      reason: "S3 enforces retention here, so nothing is left for the agent to remove behind a backup",
      next: "remove it, or leave retention to the agent (enforcedBy: agent)",
    },
  ];
  return refusals.filter((refusal) => refusal !== false);
}
