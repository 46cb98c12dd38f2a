import { type AgentConfigInput, counted, type Problem } from "@pgkeep/core";
import type { KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";

/** Whether something says where identities are. */
export function hasIdentity({ identitySecret, secrets = {} }: Pick<KubernetesRestoreDrillArgs, "identitySecret" | "secrets">): boolean {
  return identitySecret !== undefined || secrets.PGKEEP_IDENTITY !== undefined;
}

/** Recovery points that are encrypted are opened by an identity. */
export function identityProblems(args: KubernetesRestoreDrillArgs, { encryption }: AgentConfigInput): Problem[] {
  if (encryption === undefined || hasIdentity(args)) return [];
  const recipients = counted(encryption.recipients.length, "age key");
  return [
    {
      where: "identitySecret",
      reason: `recovery points are encrypted to ${recipients}, and no identity is given that could open them`,
      next: "put the identity of one of them into a Secret, and name that and its key",
    },
  ];
}
