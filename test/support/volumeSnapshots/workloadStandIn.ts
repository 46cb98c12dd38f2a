import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject, ClusterClient } from "./ClusterClient.js";

/**
 * Stands in for the controllers of Deployments and StatefulSets and for a kubelet: makes as many Pods as a workload asks for, and lets them end some time after
 * it asks for fewer.
 */
export class WorkloadStandIn {
  /** How long a Pod takes to end, in milliseconds. */
  endsAfter = 300;
  /** Whether it tells in the status which state of a workload it knows. */
  tells = true;
  /** Every number of replicas that a workload was seen with, in order. */
  readonly seen = new Map<string, number[]>();
  private readonly ending = new Map<string, number>();
  private stopped = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly client: ClusterClient,
    private readonly namespace: string,
  ) {}

  start(): void {
    this.running = (async () => {
      while (!this.stopped) {
        for (const kind of ["deployments", "statefulsets"]) {
          const place = `/apis/apps/v1/namespaces/${this.namespace}/${kind}`;
          for (const workload of await this.client.list(place)) await this.serve(place, workload);
        }
        await sleep(100);
      }
    })();
    this.running.catch(() => {});
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async serve(place: string, { metadata, spec, status }: AnyObject): Promise<void> {
    const pods = `/api/v1/namespaces/${this.namespace}/pods`;
    const seen = this.seen.get(metadata.name) ?? [];
    if (seen.at(-1) !== spec.replicas) this.seen.set(metadata.name, [...seen, spec.replicas]);
    for (let index = 0; index < spec.replicas; index += 1) {
      const name = `${metadata.name}-${index}`;
      this.ending.delete(name);
      if ((await this.client.get(`${pods}/${name}`)) !== undefined) continue;
      await this.client.create(pods, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, labels: spec.template.metadata.labels },
        spec: spec.template.spec,
      });
    }
    for (const pod of await this.client.list(pods)) {
      const [, index] = new RegExp(`^${metadata.name}-(\\d+)$`).exec(pod.metadata.name) ?? [];
      if (index === undefined || Number(index) < spec.replicas) continue;
      const since = this.ending.get(pod.metadata.name) ?? Date.now();
      this.ending.set(pod.metadata.name, since);
      if (Date.now() - since >= this.endsAfter) await this.client.remove(`${pods}/${pod.metadata.name}`, { gracePeriodSeconds: 0 });
    }
    if (!this.tells || status?.observedGeneration === metadata.generation) return;
    await this.client.patch(`${place}/${metadata.name}/status`, { status: { observedGeneration: metadata.generation } });
  }
}
