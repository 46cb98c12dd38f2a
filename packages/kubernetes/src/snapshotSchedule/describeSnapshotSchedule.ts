import {
  type CronJobTimes,
  counted,
  FINAL_EXIT_CODES,
  formatDuration,
  type VolumeSnapshotConfig,
  VolumeSnapshotMode,
  type VolumeSnapshotRight,
} from "@pgkeep/core";
import { imageText, resourcesText } from "../agentPod/describeAgentPod.js";
import type { SettledResources } from "../agentPod/settleResources.js";
import { watchdogName } from "./snapshotScheduleDefaults.js";

/** What of a schedule's values its description needs. */
export interface DescribedSnapshotSchedule {
  config: VolumeSnapshotConfig;
  /** The rules of retention as they were written. */
  rules: Record<string, unknown>;
  /** As it was written. */
  schedule: string;
  times: CronJobTimes;
  suspended: boolean;
  startingDeadlineSeconds: number;
  activeDeadlineSeconds: number;
  retries: number;
  watchdogMinutes: number;
  rights: readonly VolumeSnapshotRight[];
  /** Whether the roles are made here. */
  roles: boolean;
  /** Variables and where they are read, `NAME from Secret SECRET (KEY)`. */
  secrets: readonly string[];
  network: readonly string[];
  image: string;
  resources: SettledResources;
  serviceAccount: string;
}

/** A schedule in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeSnapshotSchedule(described: DescribedSnapshotSchedule): string {
  const { config, schedule, times, rights, roles } = described;
  return [
    ...whatASetIs(config),
    ...whatIsStopped(described),
    `runs at ${schedule} in ${times.timeZone}${described.suspended ? ": NO, it is suspended" : ""}; at most ${time(times.longestMinutes * 60_000)} of work are lost, and one run's time`,
    "NO backup by itself: a snapshot lies on the storage of its volume and goes with it; pair it with dumps in a store elsewhere",
    `good only where each claim has one snapshot, ready within ${time(config.readyWithin)}, bound both ways, without error; else marked as failed`,
    ...whatStays(described),
    classText(config),
    config.expireRetained
      ? "where the class says Retain, a set that goes is deleted on the storage, too: the right for that is over every content of the cluster"
      : "where the class says Retain, a set that goes leaves its snapshots on the storage, listed; where it says Delete, a deleted namespace takes all along",
    `a run may begin ${seconds(described.startingDeadlineSeconds)} late and takes at most ${seconds(described.activeDeadlineSeconds)} with its tries; none runs beside another`,
    described.retries === 0
      ? "a run that fails is not tried again; the next slot is"
      : `tried again up to ${counted(described.retries, "time")}${config.mode === VolumeSnapshotMode.Quiesce ? ", which stops them again" : ""}, except after exit codes ${FINAL_EXIT_CODES.join(", ")}; an eviction takes no try away`,
    ...rights.map((right) => rightText(right, config.namespace, roles)),
    ...described.secrets.map((secret) => `reads ${secret} at each start; no value is copied`),
    ...described.network,
    imageText(described.image),
    resourcesText(described.resources),
    `ServiceAccount ${config.namespace}/${described.serviceAccount}, with a token of Kubernetes`,
    ...new Set(times.notes),
  ].join("\n");
}

function whatASetIs({ mode, name, namespace, claims, selector = {}, workloads, maxSpread }: VolumeSnapshotConfig): string[] {
  const set = `${name}: ${claims.join(", ")} in ${namespace}`;
  if (mode === VolumeSnapshotMode.Single) {
    return [`${set}, cut while it is written to: PostgreSQL recovers as after a crash, if all of the server lies on it`];
  }
  if (mode === VolumeSnapshotMode.Quiesce) {
    const stopped = workloads.map((one) => `${one.kind} ${one.name}`).join(" and ");
    return [`${set}, cut one by one while ${stopped} ${workloads.length === 1 ? "is" : "are"} stopped: as after an ordinary shutdown`];
  }
  const labels = Object.entries(selector).map(([label, value]) => `${label}=${value}`);
  return [
    `${set}, cut at one instant by the storage while they are written to: PostgreSQL recovers as after a crash`,
    `the instant is the storage's word: where it tells times more than ${time(maxSpread)} apart, the set is not good`,
    `the claims are those labelled ${labels.join(",")} by whoever makes them; with one too few or too many nothing is taken`,
  ];
}

function whatIsStopped({ config, watchdogMinutes }: DescribedSnapshotSchedule): string[] {
  if (config.mode !== VolumeSnapshotMode.Quiesce) return [];
  const minutes = watchdogMinutes * 60_000;
  return [
    `STOPS them for each set until its volumes are cut: at most ${time(config.resumeWithin)}, and where a run was lost up to ${time(minutes)} more`,
    `they have ${time(config.stoppedWithin)} to end; then, or if somebody else starts them meanwhile (an autoscaler, GitOps, a deployment), the set is not good`,
    `the watchdog ${watchdogName(config.name)} brings them back, every ${time(minutes)}, also while suspended; it goes with this component and with the mode`,
  ];
}

function whatStays({ config, rules }: DescribedSnapshotSchedule): string[] {
  const failed = `failed sets: the newest ${config.keepFailed} stay`;
  if (config.retention === undefined)
    return [`nothing says which sets may go, so all good ones stay, and their storage is paid for; ${failed}`];
  const text = Object.entries(rules).map(([rule, value]) => `${rule} ${String(value)}`);
  return [`retention: ${text.join(", ")} of the good sets, applied behind each good one and never while the newest failed; ${failed}`];
}

function classText({ mode, snapshotClass, groupSnapshotClass }: VolumeSnapshotConfig): string {
  const group = mode === VolumeSnapshotMode.Group;
  const given = group ? groupSnapshotClass : snapshotClass;
  const kind = group ? "VolumeGroupSnapshotClass" : "VolumeSnapshotClass";
  return given === undefined ? `by the default ${kind} of the volumes' driver` : `by the ${kind} ${given}`;
}

function rightText({ scope, resources, verbs, resourceNames, reason }: VolumeSnapshotRight, namespace: string, roles: boolean): string {
  const names = resourceNames === undefined ? "" : ` ${resourceNames.join(", ")}`;
  const where = scope === "cluster" ? "in the WHOLE cluster" : `in ${namespace}`;
  return `${roles ? "may" : "needs from somebody else to"} ${verbs.join(", ")} ${resources.join(", ")}${names} ${where}: ${reason}`;
}

function seconds(count: number): string {
  return time(count * 1000);
}

function time(milliseconds: number): string {
  return formatDuration(milliseconds).replace(/\.0 s$/, " s");
}
