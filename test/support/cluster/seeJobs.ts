import type { JoinedCluster } from "./joinCluster.js";
import { untilSeen } from "./untilSeen.js";

export interface SeenJob {
  kind: "Job";
  metadata: { name: string; uid: string; creationTimestamp: string };
  status: { conditions?: { type: string; status: string; reason?: string; message?: string }[] };
}

export interface SeenPod {
  kind: "Pod";
  metadata: { name: string; creationTimestamp: string; labels: Record<string, string> };
  status: {
    phase: string;
    containerStatuses?: { state: { running?: object; terminated?: { exitCode: number; startedAt: string; finishedAt: string } } }[];
  };
}

/** Jobs and Pods of one namespace, asked for once a second however many tests wait for something. */
export interface JobsInSight {
  job(name: string): Promise<SeenJob | undefined>;
  /** Of a Job, oldest first. */
  podsOf(job: string): Promise<SeenPod[]>;
  /** The condition that ended a Job. */
  end(job: string, seconds?: number): Promise<{ type: string; reason?: string; message?: string }>;
}

export function seeJobs({ kubectl }: Pick<JoinedCluster, "kubectl">, namespace: string): JobsInSight {
  let last: { at: number; items: Promise<(SeenJob | SeenPod)[]> } | undefined;
  const look = async () => {
    if (last === undefined || Date.now() - last.at > 1000) {
      const text = kubectl("get", "jobs,pods", `--namespace=${namespace}`, "--output=json");
      last = { at: Date.now(), items: text.then((json) => (JSON.parse(json) as { items: (SeenJob | SeenPod)[] }).items) };
    }
    return await last.items;
  };
  const job = async (name: string) => (await look()).find((item): item is SeenJob => item.kind === "Job" && item.metadata.name === name);
  return {
    job,
    podsOf: async (name) =>
      (await look())
        .filter((item): item is SeenPod => item.kind === "Pod" && item.metadata.labels["batch.kubernetes.io/job-name"] === name)
        .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp)),
    end: (name, seconds = 150) =>
      untilSeen(
        `the end of Job ${name}`,
        async () => {
          const conditions = (await job(name))?.status.conditions ?? [];
          return conditions.find(({ type, status }) => status === "True" && (type === "Complete" || type === "Failed"));
        },
        {
          seconds,
          circumstances: async () => {
            const selector = `--selector=batch.kubernetes.io/job-name=${name}`;
            const pods = await kubectl("describe", "pods", `--namespace=${namespace}`, selector).catch(String);
            const log = await kubectl("logs", `--namespace=${namespace}`, selector, "--tail=20").catch(String);
            return `${pods}\n${log}`;
          },
        },
      ),
  };
}
