import { type AgentConfigInput, type CronJobTimes, counted, FINAL_EXIT_CODES, formatDuration, isLoopback } from "@pgkeep/core";
import { imageText, resourcesText } from "../agentPod/describeAgentPod.js";
import type { SettledResources } from "../agentPod/settleResources.js";

/** What of a dump's values its description needs. */
export interface DescribedDumpCronJob {
  name: string;
  namespace: string;
  config: AgentConfigInput;
  /** As it was written. */
  schedule: string;
  times: CronJobTimes;
  suspended: boolean;
  startingDeadlineSeconds: number;
  activeDeadlineSeconds: number;
  retries: number;
  /** Variables and where they are read, `NAME from Secret SECRET (KEY)`. */
  secrets: readonly string[];
  signsIn: string;
  /** Whose certificates are believed. */
  authorities: string;
  signs: boolean;
  /** Where the network is policed: what may be reached, and whom the second policy lets in. */
  network: readonly string[];
  image: string;
  resources: SettledResources;
  serviceAccount: string;
  sidecars: readonly string[];
}

/** A dump in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeDumpCronJob(dump: DescribedDumpCronJob): string {
  const { config, schedule, times, resources } = dump;
  return [
    `${config.cluster}: ${config.databases.join(", ")} of ${config.connection?.host ?? ""}, all at one instant`,
    `runs at ${schedule} in ${times.timeZone}${dump.suspended ? ": NO, it is suspended" : ""}; at most ${formatDuration(times.longestMinutes * 60_000)} of work are lost, and one run's time`,
    `a run may begin ${seconds(dump.startingDeadlineSeconds)} late and takes at most ${seconds(dump.activeDeadlineSeconds)} with its tries; none runs beside another`,
    dump.retries === 0
      ? "a run that fails is not tried again; the next slot is"
      : `tried again up to ${counted(dump.retries, "time")}, except after exit codes ${FINAL_EXIT_CODES.join(", ")}; an eviction takes no try away`,
    `recovery points go to ${config.store.url}, ${encryption(config)}`,
    "the id of a recovery point is the slot's time and the Job's UID, so that tries meet in it and deployments do not",
    dump.signsIn,
    connections(dump),
    ...dump.secrets.map((secret) => `reads ${secret} at each start; no value is copied`),
    dump.signs ? "manifests are signed" : "manifests are NOT signed: an edited one would not be noticed",
    retention(config),
    ...dump.network,
    imageText(dump.image),
    resourcesText(resources),
    `ServiceAccount ${dump.namespace}/${dump.serviceAccount}, without a token of Kubernetes`,
    ...dump.sidecars,
    ...new Set(times.notes),
  ].join("\n");
}

function seconds(count: number): string {
  return formatDuration(count * 1000).replace(/\.0 s$/, " s");
}

function encryption({ encryption: given }: AgentConfigInput): string {
  const count = given?.recipients.length ?? 0;
  if (count === 0) return "NOT encrypted by the agent: whoever reads the store reads the data";
  return `encrypted to ${counted(count, "age key")} before they leave the Pod${count === 1 ? "; name an escrow key, too" : ""}`;
}

function connections({ config, authorities }: DescribedDumpCronJob): string {
  const mode = config.connection?.sslmode;
  if (mode === undefined && isLoopback(config.connection?.host ?? ""))
    return "connections stay in the Pod, and go on through what runs beside the dump";
  if (mode === "disable") return "connections to the server are NOT encrypted: whoever is on the network between reads along";
  return `connections to the server: TLS, ${mode ?? "verify-full"} with ${authorities}`;
}

function retention({ retention: given }: AgentConfigInput): string {
  if (given === undefined) return "nothing says which recovery points may go, so all of them stay";
  const rules = Object.entries(given)
    .filter(([name]) => name !== "enforcedBy" && name !== "afterBackup")
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
  if (given.enforcedBy === "lifecycle") return `retention: ${rules}, by the bucket's own rules`;
  return given.afterBackup === true
    ? `retention: ${rules}, after each backup that is not suspicious, with the dump's own right to delete`
    : `retention: ${rules}; nothing here applies it: \`pgkeep retention apply\` does`;
}
