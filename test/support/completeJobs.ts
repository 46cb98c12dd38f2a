import type { TestKubernetes } from "./kubernetesServer.js";

const JOBS = "/apis/batch/v1/namespaces/default/jobs";

interface Job {
  metadata: { name: string };
  status?: { conditions?: unknown[] };
}

/**
 * STAND-IN for controllers, which an API server by itself lacks: each Job is told to be complete shortly after it was made, or failed for the reason that is given,
 * without any Pod. Returns what ends it.
 */
export function completeJobs(kubernetes: TestKubernetes, reasonOfFailure?: (name: string) => string | undefined): () => Promise<void> {
  let goesOn = true;
  const loop = async () => {
    while (goesOn) {
      const { items } = (await kubernetes.read(JOBS)).body as { items: Job[] };
      for (const { metadata, status } of items) {
        if (status?.conditions !== undefined) continue;
        const now = `${new Date().toISOString().slice(0, 19)}Z`;
        const reason = reasonOfFailure?.(metadata.name);
        const condition = (type: string) => ({
          type,
          status: "True",
          reason: reason ?? "CompletionsReached",
          message: "told by a test",
          lastTransitionTime: now,
        });
        const told =
          reason === undefined
            ? { completionTime: now, succeeded: 1, conditions: [condition("SuccessCriteriaMet"), condition("Complete")] }
            : { failed: 1, conditions: [condition("FailureTarget"), condition("Failed")] };
        await kubernetes.edit(`${JOBS}/${metadata.name}/status`, { status: { startTime: now, ...told } });
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const ended = loop();
  return async () => {
    goesOn = false;
    await ended;
  };
}
