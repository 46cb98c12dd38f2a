import type { VolumeSnapshotConfig } from "@pgkeep/core";
import type { KubernetesApi } from "./KubernetesApi.js";
import type { LabelSelector, PodObject } from "./KubernetesObject.js";
import { snapshotPlaces } from "./snapshotPlaces.js";

/** Which Pods must be gone before anything is cut. */
export interface WritingPods {
  /** Of the workloads that are stopped. */
  selectors: readonly LabelSelector[];
  /** Whoever has one of them writes, whatever it belongs to. */
  claims: readonly string[];
}

/** Pods that have not ended, and those of them that may write, each with the reason. */
export async function livingPods(api: KubernetesApi, config: VolumeSnapshotConfig, writing: WritingPods) {
  const { items, resourceVersion } = await api.list<PodObject>(snapshotPlaces(config).pods);
  const living = items.filter(isLiving);
  return {
    uids: new Set(living.map(({ metadata }) => metadata.uid)),
    writing: living.flatMap((pod) => whyWriting(pod, writing)),
    resourceVersion,
  };
}

/**
 * Pods that came since a version of their list and may write, each with the reason. Everything that happened since is told, however short it lived;
 * where the server no longer knows, that is told as well, because then nothing is proven.
 */
export async function podsSince(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  writing: WritingPods,
  resourceVersion: string,
): Promise<{ writing: string[]; resourceVersion: string }> {
  // Before the watch, which then tells all up to it: a version that is minutes old is forgotten where many Pods change.
  const now = await livingPods(api, config, writing);
  const events = await api.watch<PodObject>(snapshotPlaces(config).pods, resourceVersion, 1);
  const came =
    events === undefined
      ? ["perhaps a Pod of which the API server knows nothing any more"]
      : events.filter(({ type, object }) => type !== "BOOKMARK" && isLiving(object)).flatMap(({ object }) => whyWriting(object, writing));
  return { writing: [...new Set([...now.writing, ...came])], resourceVersion: now.resourceVersion };
}

function isLiving({ status }: PodObject): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

function whyWriting({ metadata, spec }: PodObject, { selectors, claims }: WritingPods): string[] {
  const claim = spec.volumes
    ?.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName)
    .find((name) => name && claims.includes(name));
  if (claim !== undefined) return [`Pod ${metadata.name}, which has the claim ${claim}`];
  return selectors.some((selector) => selects(selector, metadata.labels ?? {})) ? [`Pod ${metadata.name}`] : [];
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const among = value !== undefined && values.includes(value);
      return operator === "In" ? among : !among;
    })
  );
}
