import { readdirSync, readFileSync } from "node:fs";
import { signal } from "../processFamily.js";
import type { JoinedCluster } from "./joinCluster.js";

/**
 * Sends SIGKILL to all processes of a Pod's container, as the kernel does that is out of memory, or as the node's end does. `kubectl delete --force` is not
 * that: the kubelet sends SIGTERM, and SIGKILL two seconds later.
 */
export async function killContainer({ kubectl }: Pick<JoinedCluster, "kubectl">, namespace: string, pod: string): Promise<void> {
  const path = "{.status.containerStatuses[0].containerID}";
  const id = (await kubectl("get", "pod", pod, `--namespace=${namespace}`, `--output=jsonpath=${path}`)).replace(/^containerd:\/\//, "");
  const processIds = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => id !== "" && controlGroupOf(name).includes(id));
  if (processIds.length === 0) throw new Error(`No process of ${namespace}/${pod} runs (container \`${id}\`).`);
  for (const processId of processIds) signal(Number(processId), "SIGKILL");
}

function controlGroupOf(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/cgroup`, "utf8");
  } catch {
    // It ended meanwhile.
    return "";
  }
}
