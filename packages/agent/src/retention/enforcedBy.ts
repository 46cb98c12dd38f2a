import { type AgentConfig, ExitCode, ProblemError, RetentionEnforcer, type RetentionPolicy } from "@pgkeep/core";

/** Whether S3's lifecycle removes what is in the configured store: a policy by itself, as of a file, changes nothing about that. */
export function isEnforcedByLifecycle({ retention }: Pick<AgentConfig, "retention">, policy?: RetentionPolicy): boolean {
  return [retention, policy].some((each) => each?.enforcedBy === RetentionEnforcer.Lifecycle);
}

/** Refuses to remove by the agent what S3 removes by rules of its own: two that remove would each count what the other leaves. */
export function assertEnforcedByAgent(config: Pick<AgentConfig, "retention">, policy?: RetentionPolicy): void {
  if (!isEnforcedByLifecycle(config, policy)) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: "retention.enforcedBy",
    received: RetentionEnforcer.Lifecycle,
    reason: "S3 enforces retention in this store by the rules of its bucket, so pgkeep removes nothing there",
    next: "look at `pgkeep retention plan`, which tells when each recovery point goes; to prune by the agent set retention.enforcedBy: agent and take the expiring rules off the bucket",
  });
}
