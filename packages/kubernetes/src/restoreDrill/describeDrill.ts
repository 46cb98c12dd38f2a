import { type AgentConfigInput, type CronJobTimes, counted, FINAL_DRILL_EXIT_CODES, formatDuration } from "@pgkeep/core";
import { imageText, resourcesText } from "../agentPod/describeAgentPod.js";
import type { SettledResources } from "../agentPod/settleResources.js";

/** What of a drill's values its description needs. */
export interface DescribedRestoreDrill {
  namespace: string;
  config: AgentConfigInput;
  recoveryPoint: string;
  /** As it was written. */
  schedule: string;
  times: CronJobTimes;
  suspended: boolean;
  startingDeadlineSeconds: number;
  activeDeadlineSeconds: number;
  retries: number;
  keepFinishedSeconds: number;
  /** Whether a scratch server is in the Pod. */
  ownServer: boolean;
  /** The scratch server, one sentence each. */
  scratch: readonly string[];
  /** Where identities are read; undefined where none are. */
  identity: string | undefined;
  /** Variables and where they are read. */
  secrets: readonly string[];
  network: readonly string[];
  image: string;
  resources: SettledResources;
  serviceAccount: string;
}

/** A drill in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeDrill(drill: DescribedRestoreDrill): string {
  const { config, times, schedule } = drill;
  return [
    `${config.cluster}: ${restored(drill.recoveryPoint)} in ${config.store.url} is restored, compared with its manifest, and timed`,
    `runs at ${schedule} in ${times.timeZone}${drill.suspended ? ": NO, it is suspended" : `, so the last proof is at most ${formatDuration(times.longestMinutes * 60_000)} old if each passes`}`,
    `a run may begin ${seconds(drill.startingDeadlineSeconds)} late and takes at most ${seconds(drill.activeDeadlineSeconds)} with its tries; none runs beside another`,
    drill.retries === 0
      ? "a run that fails is not tried again; the next slot is"
      : `tried again up to ${counted(drill.retries, "time")}, except after exit codes ${FINAL_DRILL_EXIT_CODES.join(", ")}; an eviction takes no try away`,
    "its result is kept in the store beside the recovery point: PASS proves it; FAIL (65) and COULD_NOT_VERIFY (79) fail the Job",
    `Jobs that ended are kept for ${seconds(drill.keepFinishedSeconds)}, with logs and volumes`,
    ...drill.scratch,
    ...(drill.identity === undefined ? [] : [drill.identity]),
    ...drill.secrets.map((secret) => `reads ${secret} at each start; no value is copied`),
    ...drill.network,
    imageText(drill.image),
    resourcesText(drill.resources, drill.ownServer ? "/tmp and the scratch space" : "/tmp"),
    `ServiceAccount ${drill.namespace}/${drill.serviceAccount}, without a token of Kubernetes`,
    ...new Set(times.notes),
  ].join("\n");
}

function restored(recoveryPoint: string): string {
  if (recoveryPoint === "latest") return "the newest recovery point";
  return recoveryPoint === "latest-proven" ? "the newest recovery point that is proven already" : `recovery point ${recoveryPoint} alone`;
}

function seconds(count: number): string {
  return formatDuration(count * 1000).replace(/\.0 s$/, " s");
}
