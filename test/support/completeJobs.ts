import type { TestKubernetes } from "./kubernetesServer.js";

const JOBS = "/apis/batch/v1/namespaces/default/jobs";

interface Job {
  metadata: { name: string };
  status?: { conditions?: unknown[] };
}

/** STAND-IN for controllers, which an API server by itself lacks: each Job is told to be complete shortly after it was made, without any Pod. Returns what ends it. */
export function completeJobs(kubernetes: TestKubernetes): () => Promise<void> {
  let goesOn = true;
  const loop = async () => {
    while (goesOn) {
      const { items } = (await kubernetes.read(JOBS)).body as { items: Job[] };
      for (const { metadata, status } of items) {
        if (status?.conditions !== undefined) continue;
        const now = `${new Date().toISOString().slice(0, 19)}Z`;
        const conditions = ["SuccessCriteriaMet", "Complete"].map((type) => ({
          type,
          status: "True",
          reason: "CompletionsReached",
          lastTransitionTime: now,
        }));
        await kubernetes.edit(`${JOBS}/${metadata.name}/status`, {
          status: { startTime: now, completionTime: now, succeeded: 1, conditions },
        });
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
