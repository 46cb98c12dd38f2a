import { ExitCode, type Problem, ProblemError, type VolumeSnapshotConfig, VolumeSnapshotMode } from "@pgkeep/core";
import type { KubernetesApi } from "./KubernetesApi.js";
import type { ClaimObject } from "./KubernetesObject.js";
import { GROUP_SNAPSHOT_GROUP, SNAPSHOT_GROUP, snapshotPlaces } from "./snapshotPlaces.js";

const CUSTOM_RESOURCES = "install the custom resources and the controller of external-snapshotter, which are no part of Kubernetes";

/** Everything that would keep a set from becoming good and is known before anything is stopped or taken. */
export async function checkBeforehand(api: KubernetesApi, config: VolumeSnapshotConfig): Promise<void> {
  await assertServed(api, SNAPSHOT_GROUP, "v1", CUSTOM_RESOURCES);
  if (config.mode === VolumeSnapshotMode.Group) {
    const next = `${CUSTOM_RESOURCES}; external-snapshotter 8.6 serves v1 and v1beta2. A driver without groups needs the mode quiesce`;
    await assertServed(api, GROUP_SNAPSHOT_GROUP, config.groupApiVersion, next);
  }
  const problems = config.mode === VolumeSnapshotMode.Group ? await selectedProblems(api, config) : await claimProblems(api, config);
  if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
}

/** Custom resources are versioned by themselves: only the cluster knows which ones it has. */
async function assertServed(api: KubernetesApi, group: string, version: string, next: string): Promise<void> {
  const served = await api.servedVersions(group);
  if (served.includes(version)) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: `${group}/${version}`,
    received: served.length === 0 ? "no version of this API" : `served: ${served.join(", ")}`,
    reason: "the cluster does not serve this version of the API",
    next: served.includes("v1beta2") ? "write groupApiVersion: v1beta2" : next,
  });
}

async function claimProblems(api: KubernetesApi, config: VolumeSnapshotConfig): Promise<Problem[]> {
  const { claims } = snapshotPlaces(config);
  const problems: Problem[] = [];
  for (const claim of config.claims) {
    const found = await api.get<ClaimObject>(claims, claim);
    if (found?.status?.phase === "Bound") continue;
    problems.push({
      where: `claim ${claim} in ${config.namespace}`,
      ...(found === undefined ? {} : { received: found.status?.phase ?? "no phase" }),
      reason: found === undefined ? "there is no such PersistentVolumeClaim" : "it has no volume that could be cut",
      next: "correct the claims of the schedule, or see why it is not bound",
    });
  }
  return problems;
}

/** A label that is missing makes a group smaller, and nobody says a word; one too many makes it larger. */
async function selectedProblems(api: KubernetesApi, config: VolumeSnapshotConfig): Promise<Problem[]> {
  const selector = Object.entries(config.selector ?? {})
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
  const { items } = await api.list<ClaimObject>(snapshotPlaces(config).claims, selector);
  const selected = new Map(items.map((claim) => [claim.metadata.name, claim]));
  const where = (claim: string) => `claim ${claim} in ${config.namespace}`;
  return [
    ...config.claims
      .filter((claim) => !selected.has(claim))
      .map((claim) => ({
        where: where(claim),
        reason: `the labels ${selector} do not select it, so it would be missing in the group`,
        next: "label it, if it is there",
      })),
    ...[...selected.keys()]
      .filter((claim) => !config.claims.includes(claim))
      .map((claim) => ({
        where: where(claim),
        reason: `the labels ${selector} select it, and it is not among the claims of the schedule`,
        next: "take the label from it, or add it to the claims",
      })),
    ...[...selected]
      .filter(([claim, { status }]) => config.claims.includes(claim) && status?.phase !== "Bound")
      .map(([claim, { status }]) => ({
        where: where(claim),
        received: status?.phase ?? "no phase",
        reason: "it has no volume that could be cut",
        next: "see why it is not bound",
      })),
  ];
}
